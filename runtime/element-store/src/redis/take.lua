-- Gives a value and takes it away. KEYS: the key. ARGV: now.
local it = redis.call('HMGET', KEYS[1], 'value', 'number', 'end')
redis.call('DEL', KEYS[1])
return it
