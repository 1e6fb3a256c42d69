-- A message's row, read and written by every script of the ledger, which this text comes before.
-- "state lease since before token rest": moments in microseconds of the server's clock, 0 for none.
--   claimed   somebody holds it until its lease ends, and has not begun to send
--   sending   the same, and a message may be on its way
--   free      nobody holds it
--   sent      rest is the service's name of it
--   given-up  rest says why
-- since: when the first attempt began that may have arrived; before: the same, before this claim.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local FORM = '^(%S+) (%d+) (%d+) (%d+) (%S+) (.*)$'

local function read(field)
  local held = redis.call('HGET', KEYS[1], field)
  if not held then
    return {state = 'free', lease = 0, since = 0, before = 0, token = '-', rest = ''}
  end
  local state, lease, since, before, token, rest = string.match(held, FORM)
  return {state = state, lease = tonumber(lease), since = tonumber(since),
    before = tonumber(before), token = token, rest = rest}
end

local function write(field, row)
  redis.call('HSET', KEYS[1], field, string.format('%s %.0f %.0f %.0f %s ',
    row.state, row.lease, row.since, row.before, row.token) .. row.rest)
end

local function held_by(row, token)
  return row.token == token and (row.state == 'claimed' or row.state == 'sending')
end
