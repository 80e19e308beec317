-- wrk … -s measure.lua URL -- KEY                               the same GET again and again
-- wrk … -s measure.lua URL -- KEY add USERS WORKSPACES OFFSET    adds a member: each POST another user or another workspace
-- wrk … -s measure.lua URL -- KEY meter LINE OFFSET              posts 100 new metering events of one service line
-- The users and workspaces are those that fill.sql makes. One line comes out: requests/s, p50 ms, p99 ms, answers that failed.

local threads = {}

function setup(thread)
   thread:set("id", #threads)
   table.insert(threads, thread)
end

function init(args)
   wrk.headers["Authorization"] = "Bearer " .. args[1]
   count = 0
   if args[2] == "add" then
      users, workspaces, offset = tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
      wrk.headers["Content-Type"] = "application/json"
      request = add
   elseif args[2] == "meter" then
      line, offset = args[3], tonumber(args[4])
      now = os.date("!%Y-%m-%dT%H:%M:%SZ")
      wrk.headers["Content-Type"] = "application/json"
      request = meter
   end
end

-- Two threads take turns, so that nothing comes twice.
local function turn()
   count = count + 1
   return offset + (count - 1) * 2 + id
end

function add()
   local pair = turn()
   local workspace = 900001 + math.floor(pair / users) % workspaces
   local user = 100001 + pair % users
   return wrk.format("POST", string.format("/v1/workspaces/WS-26-%06d/members", workspace), nil,
                     string.format('{"user_id":"USR-26-%06d","role":"member"}', user))
end

function meter()
   local batch, events = turn(), {}
   for i = 1, 100 do
      events[i] = string.format(
         '{"id":"load/%d/%d","service_line_id":"%s","metric":"engineering_hours","quantity":7.5,"unit":"hours","cost":712.50,"currency":"USD","occurred_at":"%s"}',
         batch, i, line, now)
   end
   return wrk.format("POST", "/v1/metering/events", nil, '{"events":[' .. table.concat(events, ",") .. "]}")
end

function done(summary, latency, requests)
   local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
   io.write(string.format("RESULT %.0f %.2f %.2f %d\n",
                          summary.requests / (summary.duration / 1e6),
                          latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed))
end
