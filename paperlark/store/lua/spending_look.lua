-- What a day and its month have spent, and what is held of both. KEYS what is held, the month's
-- sums by day; ARGV day. -> {day's sum, month's sum, held for the day, held for the month}
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local month = string.sub(ARGV[1], 1, 7)
local today, thismonth, heldday, heldmonth = 0, 0, 0, 0
local held = redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do
  local at, much, ends = string.match(held[i + 1], '^(%S+) (%d+) (%d+)$')
  local left = tonumber(ends) - now
  if left > 0 and left <= 2 * 86400000000 then
    if at == ARGV[1] then heldday = heldday + much end
    if string.sub(at, 1, 7) == month then heldmonth = heldmonth + much end
  end
end
local sums = redis.call('HGETALL', KEYS[2])
for i = 1, #sums, 2 do
  if sums[i] == ARGV[1] then today = today + sums[i + 1] end
  thismonth = thismonth + sums[i + 1]
end
local said = {}
for i, sum in ipairs({today, thismonth, heldday, heldmonth}) do
  said[i] = string.format('%.0f', sum)
end
return said
