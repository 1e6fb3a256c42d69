-- Money is held for one call, if all that is spent and held leaves room for it.
-- KEYS what is held, the month's sums by day, the day's settled calls;
-- ARGV token, day, amount, most a day, most a month ('' for no cap), lease in us. -> 1, or 0: no.
-- Amounts are whole billionths of a dollar.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local token, day, amount = ARGV[1], ARGV[2], tonumber(ARGV[3])
local month = string.sub(day, 1, 7)
if redis.call('HEXISTS', KEYS[3], token) == 1 then return 0 end

local today, thismonth = 0, 0
local held = redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do
  local at, much, ends = string.match(held[i + 1], '^(%S+) (%d+) (%d+)$')
  local left = tonumber(ends) - now
  -- Further off than it can have been set means that the server's clock was put back.
  if left <= 0 or left > 2 * 86400000000 then
    redis.call('HDEL', KEYS[1], held[i])
  elseif held[i] == token then
    return 1
  else
    if at == day then today = today + much end
    if string.sub(at, 1, 7) == month then thismonth = thismonth + much end
  end
end

local sums = redis.call('HGETALL', KEYS[2])
for i = 1, #sums, 2 do
  if sums[i] == day then today = today + sums[i + 1] end
  thismonth = thismonth + sums[i + 1]
end
local function passes(sum, cap) return cap ~= '' and sum + amount > tonumber(cap) end
if passes(today, ARGV[4]) or passes(thismonth, ARGV[5]) then return 0 end

redis.call('HSET', KEYS[1], token,
  day .. ' ' .. string.format('%.0f', amount) .. ' ' .. string.format('%.0f', now + ARGV[6]))
return 1
