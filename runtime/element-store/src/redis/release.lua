-- Takes a lease back. KEYS: the lease. ARGV: now, fence.
local held = redis.call('HMGET', KEYS[1], 'fence', 'end')
if held[1] ~= ARGV[2] or tonumber(held[2]) <= tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
return 1
