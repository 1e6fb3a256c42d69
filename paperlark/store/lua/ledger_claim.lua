-- The right to send one message. KEYS[1] the post; ARGV field, token, lease in us.
-- -> {'sent', ref, 0}, {'given-up', '', since}, {'busy', '', 0}, {'fresh', '', 0} or
-- {'maybe', '', since}. The same token again, as a client that lost the answer sends it, is
-- answered alike.
if redis.call('HEXISTS', KEYS[1], 'post') == 0 then return {'busy', '', '0'} end
local row = read(ARGV[1])
if row.state == 'sent' then return {'sent', row.rest, '0'} end
local since = string.format('%.0f', row.since)
if row.state == 'given-up' then return {'given-up', '', since} end

-- Further off than it can have been set means that the server's clock was put back.
local left = row.lease - now
if row.token ~= ARGV[2] and left > 0 and left <= 600000000 then return {'busy', '', '0'} end

write(ARGV[1], {state = 'claimed', lease = now + ARGV[3], since = row.since, before = row.since,
  token = ARGV[2], rest = ''})
return {row.since > 0 and 'maybe' or 'fresh', '', since}
