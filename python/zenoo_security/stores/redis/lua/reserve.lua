-- Count one attempt on every counter, or on none: zenoo_security.stores.attempts.reserve in microseconds.
-- KEYS: the counters, each kept as attempts, failures, and the time of the next attempt (-1: stopped for good); one that
-- is to be forgotten expires. ARGV: for each of them how it slows down, as JSON; the largest count.
-- Answers 0, or microseconds to wait, or -1 when one has stopped.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local most = tonumber(ARGV[#KEYS + 1])

local counts, wait = {}, 0
for index, key in ipairs(KEYS) do
    local stored = redis.call('GET', key)
    if stored then
        local attempts, failures, next_at = string.match(stored, '^(%d+) (%d+) (%-?%d+)$')
        if next_at == '-1' then
            return -1
        end
        wait = math.max(wait, next_at - now)
        counts[index] = {attempts = tonumber(attempts), failures = tonumber(failures)}
    else
        counts[index] = {attempts = 0, failures = 0}
    end
end
if wait > 0 then
    return wait
end

for index, key in ipairs(KEYS) do
    local backoff, count = cjson.decode(ARGV[index]), counts[index]
    local attempts = math.min(count.attempts + 1, most)
    local next_at = now + backoff.delays[math.min(attempts, #backoff.delays)]
    local value = string.format('%.0f %.0f %.0f', attempts, count.failures, next_at)
    redis.call('SET', key, value, 'PX', string.format('%.0f', backoff.keep_ms))
end
return 0
