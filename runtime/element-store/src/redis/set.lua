-- Sets a value. KEYS: the key, a lease. ARGV: now, end, ms to stay, field, value, only if absent, fence of the lease.
if ARGV[7] ~= '' then
  local held = redis.call('HMGET', KEYS[2], 'fence', 'end')
  if held[1] ~= ARGV[7] or tonumber(held[2]) <= tonumber(ARGV[1]) then return 0 end
end
if ARGV[6] ~= '' then
  local ends = redis.call('HGET', KEYS[1], 'end')
  if ends and tonumber(ends) > tonumber(ARGV[1]) then return 0 end
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'end', ARGV[2], ARGV[4], ARGV[5])
if ARGV[3] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
