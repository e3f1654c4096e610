-- Say what came of an attempt: zenoo_security.stores.attempts.settle in microseconds.
-- KEYS: the counters, as in reserve.lua; one that is gone stays gone. ARGV: for each of them the outcome; for each of them
-- the failures that stop it, 0 for never; the largest count.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local most = tonumber(ARGV[2 * #KEYS + 1])

local function keep(key, attempts, failures, next_at)
    redis.call('SET', key, string.format('%.0f %.0f %.0f', attempts, failures, next_at), 'KEEPTTL')
end

local function fail(key, attempts, failures, next_at, stop)
    failures = math.min(failures + 1, most)
    if stop > 0 and failures >= stop then
        redis.call('SET', key, string.format('%.0f %.0f -1', attempts, failures))
    else
        keep(key, attempts, failures, next_at)
    end
end

local function give_back(key, attempts, failures, next_at)
    if next_at == -1 then
        return
    end
    attempts = math.max(attempts - 1, failures)
    if attempts == 0 then
        redis.call('DEL', key)
    else
        keep(key, attempts, failures, math.min(next_at, now))
    end
end

for index, key in ipairs(KEYS) do
    local stored, outcome = redis.call('GET', key), ARGV[index]
    if stored and outcome == 'cleared' then
        redis.call('DEL', key)
    elseif stored then
        local attempts, failures, next_at = string.match(stored, '^(%d+) (%d+) (%-?%d+)$')
        attempts, failures, next_at = tonumber(attempts), tonumber(failures), tonumber(next_at)
        if outcome == 'failed' then
            fail(key, attempts, failures, next_at, tonumber(ARGV[#KEYS + index]))
        else
            give_back(key, attempts, failures, next_at)
        end
    end
end
return 1
