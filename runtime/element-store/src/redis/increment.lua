-- Adds to a number. KEYS: the key. ARGV: now, end, ms to stay, by how much. Text, because Lua's numbers end at 53 bits.
local ends = redis.call('HGET', KEYS[1], 'end')
if not ends or tonumber(ends) <= tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'end', ARGV[2], 'number', ARGV[4])
  if ARGV[3] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  return ARGV[4]
end
if redis.call('HEXISTS', KEYS[1], 'number') == 0 then return 'no number' end
local sum = redis.pcall('HINCRBY', KEYS[1], 'number', ARGV[4])
if type(sum) == 'table' and string.find(sum.err, 'overflow') then return 'at its end' end
if type(sum) == 'table' then return sum end
return redis.call('HGET', KEYS[1], 'number')
