# shellcheck shell=bash
# One instance and then two on one PostgreSQL database, each held to the same share of a core; sourced by run. PostgreSQL
# and wrk are not held.

# shellcheck source-path=SCRIPTDIR source=cluster.sh
. "$here/cluster.sh"
share=${SHARE:-20}
period=100000 # microseconds; what container runtimes take
groups=()
declare -A single

remove_groups() {
  [ ${#groups[@]} = 0 ] || rmdir "${groups[@]}" 2>/dev/null
}
cleaners+=(remove_groups)

# Makes a cgroup for each instance, below this process's own or below the nearest above it that lets us and has the cpu
# controller: of version 2, or of version 1 where the controller is bound to that.
make_groups() {
  local root at
  if grep -qw cpu /sys/fs/cgroup/cgroup.controllers 2>/dev/null; then
    root=/sys/fs/cgroup
    limit=cpu.max
    at=$root$(sed -n 's/^0:://p' /proc/self/cgroup)
  else
    root=/sys/fs/cgroup/cpu
    limit=cpu.cfs_quota_us
    at=$root$(sed -nE 's/^[0-9]+:([^:]*,)?cpu(,[^:]*)?:(.*)/\3/p' /proc/self/cgroup)
  fi

  at=${at%/}
  while [ ${#at} -ge ${#root} ]; do
    groups=("$at/workspaces-$$-0" "$at/workspaces-$$-1")
    if mkdir "${groups[@]}" 2>/dev/null && hold 2>/dev/null; then
      return
    fi
    remove_groups || true
    at=${at%/*}
  done
  groups=()
  return 1
}

hold() {
  local group
  for group in "${groups[@]}"; do
    case $limit in
      cpu.max) echo "$((period * share / 100)) $period" >"$group/$limit" ;;
      *) echo $period >"$group/cpu.cfs_period_us" && echo $((period * share / 100)) >"$group/$limit" ;;
    esac || return
  done
}

let_go() {
  local group
  for group in "${groups[@]}"; do
    case $limit in
      cpu.max) echo "max $period" >"$group/$limit" ;;
      *) echo -1 >"$group/$limit" ;;
    esac
  done
}

cpu_of() { # PROCESS: in hundredths of a second, as the kernel counts
  awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# What an instance has used of a core meanwhile tells whether it was held.
call_held() { # NAME PATH SCRIPT-ARGUMENTS...
  local name=$1 i began before=() used=()
  shift
  for i in "${!running[@]}"; do
    before[i]=$(cpu_of "${running[i]}")
  done
  began=$(date +%s%N)
  call "$each" "$@"
  for i in "${!running[@]}"; do
    used[i]=$(quotient $((($(cpu_of "${running[i]}") - before[i]) * 10000000)) $(($(date +%s%N) - began)))
  done
  # shellcheck disable=SC2086
  held_row "$name" "${used[*]}" $result
}

held_line() { printf '%-34s %8s %8s %8s %10s %9s   %s%s\n' "$@"; }

held_row() { # NAME USED RATE P50 P99 FAILED
  local ratio=
  if [ ${#running[@]} = 1 ]; then
    single[$1]=$3
  else
    ratio=$(quotient "$3" "${single[$1]}")
  fi
  held_line "$1, ${#running[@]}" "$3" "$4" "$5" "$ratio" "${ratio:+1.70}" "$2" "$(complaint "$6")"
}

measure_instances() { # OFFSET
  local form
  # The runtime has adapted to its share at the start; its compiler has all that there is.
  let_go
  call 10 "$access_check" "$key"
  for form in "${forms[@]}"; do
    call "$warm" '' "$key" "$form" $users $workspaces "$1"
  done
  hold
  call_held 'access check' "$access_check" "$key"
  for form in "${forms[@]}"; do
    call_held "add member, ${form_names[$form]}" '' "$key" "$form" $users $workspaces $(($1 + 100000))
  done
}

need wrk curl
make_groups || {
  echo 'Left out: no cgroup can be made here that is given a share of a core. Run it as root.'
  exit
}
build
start_postgres
# shellcheck disable=SC2046
fill thousand $(teams_of thousand)
echo
held_line "instances, at $share % of a core each" 'req/s' 'p50 ms' 'p99 ms' 'of one' 'at least' 'cores used' ''
for group in "${groups[@]}"; do
  service "$(connection thousand)" "$group"
  measure_instances $(((${#running[@]} - 1) * 200000))
done
