# shellcheck shell=bash
# What leaves one instance on a SQLite file: webhooks and live streams; sourced by run.

streams=1000
export Webhooks__AllowHttp=true Webhooks__AllowPrivateNetworks=true

receive() { # starts a receiver that answers at once
  receiver=http://127.0.0.1:$(free_port)
  dotnet Tests/Load/Bare/bin/Release/net10.0/Bare.dll "--urls=$receiver" >"$work/receiver" 2>&1 &
  receiver_process=$!
  cleaners+=(stop_receiver)
  until curl -fs -m 5 -o /dev/null "$receiver/count"; do sleep 0.1; done
}

stop_receiver() { end "$receiver_process"; }

received() { curl -fs -m 10 "$receiver/count"; }

measure_webhooks() {
  local without before i
  call 3 '' "$key" add $users 40 0
  call "$each" '' "$key" add $users 40 80000
  without=${result%% *}
  # shellcheck disable=SC2086
  row 'add member, no webhook' '' '' $result
  for i in $(seq 10); do
    post /v1/webhooks "{\"organization_id\":\"$organization\",\"url\":\"$receiver/$i\",\"events\":[\"member.*\"]}" >/dev/null
  done
  call 3 '' "$key" add $users 40 180000
  before=$(received)
  call "$each" '' "$key" add $users 40 260000
  # shellcheck disable=SC2086
  row 'add member, ten webhooks' 0.80 "$without" $result
  printf '%-34s %8d /s meanwhile\n' 'deliveries' $((($(received) - before) / each))
  before=$(received)
  sleep "$each"
  printf '%-34s %8d /s (at least 1000)\n' 'deliveries, from the backlog' $((($(received) - before) / each))
  printf '%-34s %8d MB\n' 'memory after it' "$(memory)"
}

memory() { echo $(($(ps -o rss= -p "${running[0]}") / 1024)); }

measure_streams() {
  python3 "$here/streams.py" "${urls[0]}" "$key" "$organization" 1 200
  printf '%-34s %8d MB before\n' 'memory' "$(memory)"
  python3 "$here/streams.py" "${urls[0]}" "$key" "$organization" "$streams" 200 "${running[0]}"
}

need wrk sqlite3 curl python3
build
each=$((each > 5 ? 5 : each))
fill thousand $(teams_of thousand)
receive
service "Data Source=$work/thousand.db"
echo
head_line 'webhooks' 'of without'
measure_webhooks
stop
fill streams $(teams_of thousand)
service "Data Source=$work/streams.db"
echo
echo "live streams: from the answer to a write to its event at the reader, 200 writes, 50 a second"
measure_streams
stop
