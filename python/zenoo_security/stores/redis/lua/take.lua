-- Take from a quota, or not: zenoo_security.stores.quota in microseconds.
-- KEYS: the quota, kept as the debt (microseconds until it is whole again) and the time at which it was so much. The time
-- alone would be a sum of a large and a small number, which a double rounds to a quarter of a microsecond.
-- ARGV: limit, window in microseconds, cost, slack in units of the quota.
-- Answers whether it was taken, what remains, microseconds to wait, microseconds until the quota is whole again.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limit, window, cost, slack = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local unit = window / limit

local debt = 0
local stored = redis.call('GET', KEYS[1])
if stored then
    local owed, at = string.match(stored, '^(%S+) (%d+)$')
    debt = math.max(owed - math.max(now - at, 0), 0)
end

local used = debt / unit
local missing = used + cost - limit
if missing > slack then
    local left = math.max(math.floor(limit - used + slack), 0)
    return {0, left, math.ceil(missing * unit), math.ceil(debt)}
end
debt = debt + cost * unit
local expiry = string.format('%.0f', math.max(math.ceil(debt / 1000), 1))
redis.call('SET', KEYS[1], string.format('%.17g %.0f', debt, now), 'PX', expiry)
return {1, math.max(math.floor(slack - missing), 0), 0, math.ceil(debt)}
