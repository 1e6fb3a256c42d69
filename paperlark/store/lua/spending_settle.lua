-- What a call cost takes the place of what was held for it. Said twice it counts once.
-- KEYS what is held, the month's sums by day, the day's settled calls;
-- ARGV token, day, amount in billionths of a dollar, seconds to keep the sums, and the calls.
local before = tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or 0)
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[3])
redis.call('HINCRBY', KEYS[2], ARGV[2], string.format('%.0f', tonumber(ARGV[3]) - before))
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('EXPIRE', KEYS[3], ARGV[5])
return 1
