-- Gives a lease that is free. KEYS: the lease, the last fence of all. ARGV: now, end, ms to stay.
local ends = redis.call('HGET', KEYS[1], 'end')
if ends and tonumber(ends) > tonumber(ARGV[1]) then return false end
-- From the clock's microseconds on, so that fences grow also if everything was forgotten.
local floor = tonumber(ARGV[1]) * 1000
local fence = redis.call('INCR', KEYS[2])
if fence < floor then
  fence = floor
  redis.call('SET', KEYS[2], string.format('%.0f', fence))
end
local text = string.format('%.0f', fence)
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'end', ARGV[2], 'fence', text)
if ARGV[3] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return text
