-- wrk … -s measure.lua URL -- KEY                                 the same GET again and again
-- wrk … -s measure.lua URL -- KEY add USERS WORKSPACES OFFSET     adds all users to one workspace, then to the next
-- wrk … -s measure.lua URL -- KEY spread USERS WORKSPACES OFFSET  adds each to another workspace, of as many others
-- wrk … -s measure.lua URL -- KEY meter LINE OFFSET               posts 100 new metering events of one service line
-- The users and workspaces are those that fill.sql makes. One line comes out: requests/s, p50 ms, p99 ms, failed answers.
-- Two threads take turns, of one wrk or of two with one thread each: INSTANCE=0 wrk … and INSTANCE=1 wrk ….

local threads = {}

function setup(thread)
   thread:set("id", #threads + tonumber(os.getenv("INSTANCE") or 0))
   table.insert(threads, thread)
end

function init(args)
   wrk.headers["Authorization"] = "Bearer " .. args[1]
   count = 0
   if args[2] == "add" or args[2] == "spread" then
      users, workspaces, offset = tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
      wrk.headers["Content-Type"] = "application/json"
      request = args[2] == "add" and add or spread
   elseif args[2] == "meter" then
      line, offset = args[3], tonumber(args[4])
      now = os.date("!%Y-%m-%dT%H:%M:%SZ")
      wrk.headers["Content-Type"] = "application/json"
      request = meter
   end
end

-- Nothing comes twice.
local function turn()
   count = count + 1
   return offset + (count - 1) * 2 + id
end

local function post(workspace, user)
   return wrk.format("POST", string.format("/v1/workspaces/WS-26-%06d/members", 900001 + workspace), nil,
                     string.format('{"user_id":"USR-26-%06d","role":"member"}', 100001 + user))
end

function add()
   local pair = turn()
   return post(math.floor(pair / users) % workspaces, pair % users)
end

function spread()
   local pair = turn()
   return post(workspaces + pair % workspaces, math.floor(pair / workspaces) % users)
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
