-- Take from all of several quotas, or from none: zenoo_security.stores.quota in microseconds.
-- KEYS: the quotas. ARGV: cost; '1' to take and '0' to look; slack in units of a quota; for each quota its algorithm, its
-- limit and its window. Answers for each whether it has the cost, what remains, and when it has it and is whole again;
-- in one line, which is read faster than an array.
--
-- gcra: kept as the debt (microseconds until the quota is whole again) and the time at which it was so much. The time alone
-- would be a sum of a large and a small number, which a double rounds to a quarter of a microsecond.
-- sliding_window: a list of the moments of all units, the oldest first.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost, slack = tonumber(ARGV[1]), tonumber(ARGV[3])

local rate, window = {}, {}

function rate.look(quota)
    local stored = redis.call('GET', quota.key)
    if stored then
        local owed, at = string.match(stored, '^(%S+) (%d+)$')
        quota.debt = math.max(owed - math.max(now - at, 0), 0)
    else
        quota.debt = 0
    end
    quota.used = quota.debt / quota.unit
    quota.reset = math.ceil(quota.debt)
    local missing = quota.used + cost - quota.limit
    return missing > slack and math.ceil(missing * quota.unit) or 0
end

function rate.take(quota)
    quota.debt = quota.debt + cost * quota.unit
    quota.used = quota.used + cost
    quota.reset = math.ceil(quota.debt)
    local value = string.format('%.17g %.0f', quota.debt, now)
    redis.call('SET', quota.key, value, 'PX', string.format('%.0f', math.ceil(quota.debt / 1000)))
end

local function moment(quota, index)
    return tonumber(redis.call('LINDEX', quota.key, index))
end

-- How many of the moments are a window ago.
local function gone(quota, length)
    local before = now - quota.window
    local low, high = 0, length
    local middle = 0
    while low < high do
        if moment(quota, middle) <= before then
            low = middle + 1
        else
            high = middle
        end
        middle = math.floor((low + high) / 2)
    end
    return low
end

function window.look(quota)
    local length = redis.call('LLEN', quota.key)
    quota.gone = gone(quota, length)
    quota.used = length - quota.gone
    quota.reset = quota.used > 0 and moment(quota, -1) + quota.window - now or 0
    local missing = quota.used + cost - quota.limit
    return missing > 0 and moment(quota, quota.gone + missing - 1) + quota.window - now or 0
end

function window.take(quota)
    -- In order even after the clock was set back: then nothing is freed early.
    quota.reset = math.max(quota.reset, quota.window)
    if quota.gone > 0 then
        redis.call('LTRIM', quota.key, quota.gone, -1)
    end
    local at = string.format('%.0f', now + quota.reset - quota.window)
    if cost == 1 then
        redis.call('RPUSH', quota.key, at)
    else
        local some = {}
        for index = 1, math.min(cost, 1000) do
            some[index] = at
        end
        for left = cost, 1, -1000 do
            redis.call('RPUSH', quota.key, unpack(some, 1, math.min(left, 1000)))
        end
    end
    quota.used = quota.used + cost
    redis.call('PEXPIRE', quota.key, string.format('%.0f', math.ceil(quota.reset / 1000)))
end

local quotas, algorithms, allowed, answers = {}, {sliding_window = window, gcra = rate}, true, {}
for index, key in ipairs(KEYS) do
    local algorithm, limit, length = ARGV[3 * index + 1], tonumber(ARGV[3 * index + 2]), tonumber(ARGV[3 * index + 3])
    local quota = {key = key, limit = limit, window = length, unit = length / limit, algorithm = algorithms[algorithm]}
    quota.wait = quota.algorithm.look(quota)
    allowed = allowed and quota.wait == 0
    quotas[index] = quota
end
for index, quota in ipairs(quotas) do
    if allowed and ARGV[2] == '1' then
        quota.algorithm.take(quota)
    end
    local left = math.max(math.floor(quota.limit - quota.used + slack), 0)
    answers[index] = string.format('%d %d %.0f %.0f', quota.wait == 0 and 1 or 0, left, quota.wait, quota.reset)
end
return redis.status_reply(table.concat(answers, ' '))
