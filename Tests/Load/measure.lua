-- wrk … -s measure.lua URL -- KEY                           the same GET again and again
-- wrk … -s measure.lua URL -- KEY USERS WORKSPACES OFFSET    adds a member: each POST another user or another workspace
-- The users and workspaces are those that fill.sql makes. One line comes out: requests/s, p50 ms, p99 ms, answers that failed.

local threads = {}

function setup(thread)
   thread:set("id", #threads)
   table.insert(threads, thread)
end

function init(args)
   wrk.headers["Authorization"] = "Bearer " .. args[1]
   count = 0
   if args[2] then
      users, workspaces, offset = tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
      wrk.headers["Content-Type"] = "application/json"
      request = add
   end
end

-- Two threads take turns, so that no pair of user and workspace comes twice.
function add()
   local pair = offset + count * 2 + id
   count = count + 1
   local workspace = 900001 + math.floor(pair / users) % workspaces
   local user = 100001 + pair % users
   return wrk.format("POST", string.format("/v1/workspaces/WS-26-%06d/members", workspace), nil,
                     string.format('{"user_id":"USR-26-%06d","role":"member"}', user))
end

function done(summary, latency, requests)
   local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
   io.write(string.format("RESULT %.0f %.2f %.2f %d\n",
                          summary.requests / (summary.duration / 1e6),
                          latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed))
end
