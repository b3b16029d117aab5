-- Permits for a batch of sessions: the rules of `book.py`, taken in one step for all workers.
-- KEYS: registry of workers, register of segments, then per segment its leases (sorted set: holder, end) and its
-- state (text of seven numbers: bucket, filled_at, stand_back_until, pace, paced_at, granted, refused).
-- ARGV[1]: JSON with worker, holding, lease, stand_back, forget, pace_over, urgent, now (else the server's clock),
-- segments: [name, room, per_second, burst, spare] with false for what is not limited, batch: [holder, places].
-- Returns: 1 if the worker was known, number of workers, then per session 0 or the place of the segment that refused.
local call, exact = redis.call, string.rep('%.17g ', 7)
local asked = cjson.decode(ARGV[1])
local now = asked.now
if not now then
  local time = call('TIME')
  now = time[1] + time[2] / 1000000
end
local workers, register = KEYS[1], KEYS[2]

call('ZREMRANGEBYSCORE', workers, '-inf', now)
local known = call('ZSCORE', workers, asked.worker) and 1 or 0
call('ZADD', workers, now + asked.lease, asked.worker)
local answer = {known, call('ZCARD', workers)}
-- The server forgot what this worker holds: it must say that first, or its own permits would be given twice.
if known == 0 and asked.holding > 0 then return answer end

local segments = {}
for place, said in ipairs(asked.segments) do
  local held, state = KEYS[2 * place + 1], KEYS[2 * place + 2]
  call('ZREMRANGEBYSCORE', held, '-inf', now)
  local kept = {}
  for number in string.gmatch(call('GET', state) or '', '%S+') do table.insert(kept, tonumber(number)) end
  local bucket, filled_at, stand_back_until, pace, paced_at, granted, refused = unpack(kept)
  local rate, burst = said[3], said[4]
  if rate and bucket and bucket < burst then
    bucket = math.min(burst, bucket + math.max(0, now - filled_at) * rate)
  else
    bucket = burst
  end
  segments[place] = {
    held = held, state = state, name = said[1], room = said[2], rate = rate, spare = said[5],
    count = call('ZCARD', held), bucket = bucket, stand_back_until = stand_back_until or 0,
    pace = (pace or 0) * math.exp(((paced_at or now) - now) / asked.pace_over),
    granted = granted or 0, refused = refused or 0, leases = {},
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
    segment.refused, segment.pace = segment.refused + 1, segment.pace + 1
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

local seen = {}
for _, segment in ipairs(segments) do
  if #segment.leases > 0 then
    call('ZADD', segment.held, unpack(segment.leases))
    call('EXPIRE', segment.held, asked.forget)
  end
  local state = string.format(exact, segment.bucket, now, segment.stand_back_until, segment.pace, now,
    segment.granted, segment.refused)
  call('SET', segment.state, state, 'EX', asked.forget)
  table.insert(seen, now)
  table.insert(seen, segment.name)
end
if #seen > 0 then call('ZADD', register, unpack(seen)) end
call('ZREMRANGEBYSCORE', register, '-inf', now - asked.forget)
return answer
