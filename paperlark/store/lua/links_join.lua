-- Make two identities one person, by a code that one of them was given.
-- KEYS who is linked with whom, whose code it is; ARGV who redeems it, a name for the new person,
-- the most identities of one. Returns {what came of it, whose code it was}.
local other = redis.call('GET', KEYS[2])
if not other then return {'unknown', ''} end
if other == ARGV[1] then return {'self', other} end
local mine = redis.call('HGET', KEYS[1], ARGV[1])
local theirs = redis.call('HGET', KEYS[1], other)
if mine and mine == theirs then
  redis.call('DEL', KEYS[2])
  return {'already', other}
end
local all = redis.call('HGETALL', KEYS[1])
local together = {ARGV[1], other}
for i = 1, #all, 2 do
  local fresh = all[i] ~= ARGV[1] and all[i] ~= other
  if fresh and (all[i + 1] == mine or all[i + 1] == theirs) then
    table.insert(together, all[i])
  end
end
if #together > tonumber(ARGV[3]) then return {'full', other} end
redis.call('DEL', KEYS[2])
for _, each in ipairs(together) do redis.call('HSET', KEYS[1], each, ARGV[2]) end
return {'joined', other}
