-- What the gate is doing. KEYS[1] the gate. -> {now, until, kind, reason, strikes, lease, last}
local t = redis.call('TIME')
local g = redis.call('HMGET', KEYS[1], 'until', 'kind', 'reason', 'strikes', 'lease', 'last')
return {t[1] * 1000000 + t[2], g[1] or '', g[2] or '', g[3] or '', g[4] or '', g[5] or '', g[6] or ''}
