-- Permits for a batch of sessions: the rules of `book.py`, taken in one step for all workers.
-- KEYS: registry of workers, register of segments, then per segment its leases (sorted set: holder, end) and its
-- state (hash). ARGV[1]: JSON with worker, holding, lease, stand_back, urgent, now (or none: the server's clock),
-- segments: [name, room, per_second, burst, spare] with false for what is not limited, batch: [holder, places].
-- Returns: 1 if the worker was known, number of workers, then per session 0 or the place of the segment that refused.
local asked = cjson.decode(ARGV[1])
local now = asked.now
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
local workers, register = KEYS[1], KEYS[2]
local exact = '%.17g'

redis.call('ZREMRANGEBYSCORE', workers, '-inf', now)
local known = redis.call('ZSCORE', workers, asked.worker) and 1 or 0
redis.call('ZADD', workers, now + asked.lease, asked.worker)
local answer = {known, redis.call('ZCARD', workers)}
-- The server forgot what this worker holds: it must say that first, or its own permits would be given twice.
if known == 0 and asked.holding > 0 then return answer end

local segments = {}
for place, said in ipairs(asked.segments) do
  local held, state = KEYS[2 * place + 1], KEYS[2 * place + 2]
  redis.call('ZREMRANGEBYSCORE', held, '-inf', now)
  local kept = redis.call('HMGET', state, 'bucket', 'filled_at', 'stand_back_until', 'pace', 'paced_at')
  local bucket, filled_at = tonumber(kept[1]), tonumber(kept[2])
  local rate, burst = said[3], said[4]
  if rate and bucket and bucket < burst then
    bucket = math.min(burst, bucket + math.max(0, now - filled_at) * rate)
  else
    bucket = burst
  end
  segments[place] = {
    held = held, state = state, name = said[1], room = said[2], rate = rate, spare = said[5],
    count = redis.call('ZCARD', held), bucket = bucket, stand_back_until = tonumber(kept[3]) or 0,
    pace = (tonumber(kept[4]) or 0) * math.exp(((tonumber(kept[5]) or now) - now) / asked.pace_over),
    granted = 0, refused = 0, leases = {},
  }
end

local function has_room(segment)
  if segment.room and segment.count >= segment.room then return false end
  if segment.rate and segment.bucket < 1 + segment.spare then return false end
  return asked.urgent or segment.stand_back_until <= now
end

for number, session in ipairs(asked.batch) do
  local refused_by = 0
  for _, place in ipairs(session[2]) do
    if not has_room(segments[place]) then
      refused_by = place
      break
    end
  end
  answer[number + 2] = refused_by
  if refused_by > 0 then
    local segment = segments[refused_by]
    segment.refused = segment.refused + 1
    if asked.urgent then segment.stand_back_until = now + asked.stand_back end
  else
    for _, place in ipairs(session[2]) do
      local segment = segments[place]
      segment.count = segment.count + 1
      if segment.rate then segment.bucket = segment.bucket - 1 end
      segment.granted = segment.granted + 1
      table.insert(segment.leases, now + asked.lease)
      table.insert(segment.leases, session[1])
    end
  end
end

for _, segment in ipairs(segments) do
  if #segment.leases > 0 then
    redis.call('ZADD', segment.held, unpack(segment.leases))
    redis.call('EXPIRE', segment.held, asked.forget)
  end
  redis.call('HSET', segment.state,
    'bucket', string.format(exact, segment.bucket), 'filled_at', string.format(exact, now),
    'stand_back_until', string.format(exact, segment.stand_back_until),
    'pace', string.format(exact, segment.pace + segment.refused), 'paced_at', string.format(exact, now))
  redis.call('HINCRBY', segment.state, 'granted', segment.granted)
  redis.call('HINCRBY', segment.state, 'refused', segment.refused)
  redis.call('EXPIRE', segment.state, asked.forget)
  redis.call('ZADD', register, now, segment.name)
end
redis.call('ZREMRANGEBYSCORE', register, '-inf', now - asked.forget)
return answer
