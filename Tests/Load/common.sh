# shellcheck shell=bash
# What all measurements share; sourced by run.

each=${SECONDS_EACH:-8}
warm=5 # what the compiler needs until it has compiled well what is called often
users=10000
root_key=root_key_0123456789abcdefghijklmnopqrstuvwxyz
work=       # the temporary folder
urls=()     # where the instances listen
running=()  # their process ids
calling=()  # those of the load generators, and of other programs that take long
result=     # of the last measurement: requests/s, p50 ms, p99 ms, failed answers
cleaners=() # what else is to be done at the end
declare -A rates

fail() {
  echo "$1" >&2
  exit 1
}

wrong_argument() {
  echo "Tests/Load/run does not know: $1. There is --help." >&2
  exit 2
}

# Behind the script, so that a signal ends both at once.
within() { # SECONDS COMMAND...
  local status=0
  timeout --kill-after=10 "$@" <&0 &
  calling=($!)
  wait $! || status=$?
  calling=()
  return $status
}

clean_up() {
  local cleaner
  end "${calling[@]}"
  stop
  for cleaner in "${cleaners[@]}"; do
    "$cleaner" || true
  done
  [ -z "$work" ] || rm -rf "$work"
}

end() { # PROCESS...
  local process limit=$((SECONDS + 15))
  [ $# -gt 0 ] || return 0
  kill -TERM "$@" 2>/dev/null || true
  for process in "$@"; do
    while kill -0 "$process" 2>/dev/null; do
      [ "$SECONDS" -lt "$limit" ] || kill -KILL "$process" 2>/dev/null || true
      sleep 0.02
    done
  done
}

stop() {
  end "${running[@]}"
  running=()
}

# Programs that a machine lacks are installed where that is possible.
need() { # PROGRAM...
  local program missing=()
  for program in "$@"; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  [ ${#missing[@]} = 0 ] || install "${missing[@]}" || fail "These programs are missing: ${missing[*]}"
}

install() { # PACKAGE...
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  within 300 apt-get update -qq >/dev/null &&
    DEBIAN_FRONTEND=noninteractive within 600 apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

build() {
  local project
  echo "Building…"
  for project in WorkspaceService.csproj Tests/Load/Bare; do
    within 600 dotnet build "$project" -c Release -v q --nologo --disable-build-servers >"$work/build" ||
      fail "$(cat "$work/build")"
  done
}

free_port() { # below those that outgoing connections take
  local port
  while port=$((RANDOM % 12000 + 20000)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

start() { # PATH GROUP COMMAND...: an instance more, in a cgroup where one is given; returns when PATH answers
  local path=$1 group=$2 url log=$work/log.${#running[@]} limit=$((SECONDS + 60))
  shift 2
  url=http://127.0.0.1:$(free_port)
  (
    [ -z "$group" ] || echo "$BASHPID" >"$group/cgroup.procs"
    exec dotnet "$@" "--urls=$url" >"$log" 2>&1
  ) &
  running+=($!)
  urls[${#running[@]} - 1]=$url
  urls=("${urls[@]:0:${#running[@]}}")
  until curl -fs -m 5 -o /dev/null "$url$path"; do
    if ! kill -0 "${running[-1]}" 2>/dev/null || [ "$SECONDS" -ge "$limit" ]; then
      fail "It does not start: $(cat "$log")"
    fi
  done
}

bare() { start / '' Tests/Load/Bare/bin/Release/net10.0/Bare.dll; }

service() { # CONNECTION-STRING [GROUP]
  start /readyz "${2:-}" bin/Release/net10.0/WorkspaceService.dll \
    "--Bootstrap:RootKey=$root_key" "--ConnectionStrings:Workspaces=$1"
}

post() { # PATH BODY
  curl -fsS -m 30 -X POST "${urls[0]}$1" -H "Authorization: Bearer $root_key" -H 'Content-Type: application/json' -d "$2"
}

member_of() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }

# The owner, the organization, the key and a service line are made by the API, the crowd by SQL.
fill_by_api() { # CONNECTION-STRING
  local workspace
  service "$1"
  owner=$(post /v1/users '{"name":"Sam Rivera","email":"sam@example.com"}' | member_of id)
  organization=$(post /v1/orgs "{\"name\":\"Apex Digital\",\"owner_id\":\"$owner\"}" | member_of id)
  key=$(post /v1/api-keys "{\"name\":\"Load\",\"type\":\"user\",\"user_id\":\"$owner\"}" | member_of key)
  workspace=$(post /v1/workspaces "{\"organization_id\":\"$organization\",\"name\":\"Metered\"}" | member_of id)
  line=$(post /v1/service-lines "{\"workspace_id\":\"$workspace\",\"name\":\"Metered\",\"product_line\":
    \"infrastructure\",\"execution_model\":\"infra_managed\",\"billing_model\":\"usage_based\"}" | member_of id)
  post "/v1/service-lines/$line/activate" '{}' >/dev/null
  stop
}

# A SQLite file.
fill() { # NAME TEAMS SIZE
  fill_by_api "Data Source=$work/$1.db"
  {
    echo 'PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;'
    fill_statements "$2" "$3" 40 "char(10)"
    echo 'PRAGMA wal_checkpoint(TRUNCATE);'
  } | within 600 sqlite3 "$work/$1.db" >/dev/null
}

fill_statements() { # TEAMS SIZE EMPTY NEWLINE
  sed -e "s/@users/$users/g; s/@teams/$1/g; s/@size/$2/g; s/@empty/$3/g; s/@newline/$4/g" "$here/fill.sql"
}

teams_of() { # SIZE-NAME: how many workspaces, and how many members each
  case $1 in
    thousand) echo 50 20 ;;
    million) echo 10000 100 ;;
  esac
}

# 64 connections, spread over all instances by a wrk for each; the latencies are those of the slower one.
call() { # SECONDS PATH SCRIPT-ARGUMENTS...
  local seconds=$1 path=$2 i process
  shift 2
  rm -f "$work"/wrk.*
  calling=()
  for i in "${!urls[@]}"; do
    INSTANCE=$i timeout --kill-after=10 $((seconds + 30)) \
      wrk -t$((2 / ${#urls[@]})) -c$((64 / ${#urls[@]})) -d"${seconds}s" --latency -s "$here/measure.lua" \
      "${urls[i]}$path" -- "$@" >"$work/wrk.$i" &
    calling+=($!)
  done
  for process in "${calling[@]}"; do
    wait "$process" || fail "wrk fails: $(cat "$work"/wrk.*)"
  done
  calling=()
  result=$(awk '
    /^RESULT/ { rate += $2; p50 = $3 > p50 ? $3 : p50; p99 = $4 > p99 ? $4 : p99; failed += $5 }
    END { printf "%d %.2f %.2f %d", rate, p50, p99, failed }' "$work"/wrk.*)
}

head_line() { # NAME SHARE-OF
  printf '%-34s %8s %8s %8s %10s %9s\n' "$1" 'req/s' 'p50 ms' 'p99 ms' "$2" 'at least'
}

row() { # NAME TARGET WHOLE RATE P50 P99 FAILED: with the share of the rate WHOLE, where one is given
  local share=
  [ -z "$3" ] || share=$(quotient "$4" "$3")
  printf '%-34s %8s %8s %8s %10s %9s%s\n' "$1" "$4" "$5" "$6" "$share" "$2" "$(complaint "$7")"
}

complaint() { # FAILED
  [ "$1" = 0 ] || echo "  $1 answers failed!"
}

quotient() { awk -v one="$1" -v other="$2" 'BEGIN { if (other > 0) printf "%.2f", one / other; else printf "-" }'; }

measure_bare() {
  bare
  call "$warm" / none
  call "$each" / none
  stop
  bare_result=$result
  bare_rate=${result%% *}
}

bare_row() {
  # shellcheck disable=SC2086
  row 'bare' '' "$bare_rate" $bare_result
}

measure() { # NAME TARGET PATH
  local status
  status=$(curl -s -m 30 -o "$work/answer" -w '%{http_code}' -H "Authorization: Bearer $key" "${urls[0]}$3") || true
  if [ "$status" != 200 ]; then
    printf '%-34s left out: GET %s answers %s\n' "$1" "${3%%\?*}" "$status"
    return
  fi

  call "$warm" "$3" "$key"
  call "$each" "$3" "$key"
  # shellcheck disable=SC2086
  row "$1" "$2" "$bare_rate" $result
  rates["$1"]=${result%% *}
}

one_workspace=/v1/workspaces/WS-26-100001
access_check="$one_workspace/access?user_id=USR-26-100001&role=member"

measure_reads() { # TARGETS: of answers about access, of a workspace, of lists
  call 10 "$one_workspace" "$key" # what every request passes through is compiled well by then
  measure 'access check' "$1" "$access_check"
  measure 'can_use_site' "$1" "/v1/can-use-site?user_id=USR-26-100001&workspace_id=WS-26-100001"
  measure 'GET one workspace' "$2" "$one_workspace"
  measure 'list 20 members' "$3" "$one_workspace/members?limit=20"
  measure 'list 20 workspaces' "$3" "/v1/workspaces?organization_id=$organization&limit=20"
}

memory_row() {
  printf '%-34s %8d MB (at most 160)\n' 'memory after the load' $(($(ps -o rss= -p "${running[0]}") / 1024))
}

# Rates are compared with those of the first size.
keep_rates() {
  local name
  for name in "${!rates[@]}"; do
    rates["$name before"]=${rates[$name]}
  done
}

compare_rates() { # NAME...
  local name
  echo
  for name in "$@"; do
    [ -n "${rates[$name]:-}" ] || continue
    printf '%-34s %8s of its rate with 1,000 memberships (at least 0.75)\n' "$name" \
      "$(quotient "${rates[$name]}" "${rates["$name before"]}")"
  done
}
