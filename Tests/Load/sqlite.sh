# shellcheck shell=bash
# One instance on a SQLite file; sourced by run.

measure_adding() {
  call "$warm" '' "$key" add $users 40 0
  call "$each" '' "$key" add $users 40 150000
  # shellcheck disable=SC2086
  row 'add member' 0.20 "$bare_rate" $result
  rates['add member']=${result%% *}
}

measure_metering() {
  call "$warm" '' "$key" meter "$line" 0
  call "$each" '' "$key" meter "$line" 1000000
  # shellcheck disable=SC2086
  row 'metering, batches of 100' '' '' $result
  printf '%-34s %8d events/s\n' '' $((${result%% *} * 100))
}

measure_starting() { # NAME FILE: seven times until the first answer; a file named new is made each time
  local began times=()
  for _ in $(seq 7); do
    rm -f "$work"/new.db*
    began=$(date +%s%N)
    service "Data Source=$2"
    times+=($((($(date +%s%N) - began) / 1000000)))
    stop
  done
  printf '%-34s %8d ms (at most 800; median of %s)\n' \
    "$1" "$(printf '%s\n' "${times[@]}" | sort -n | sed -n 4p)" "${times[*]}"
}

measure_file() { # NAME
  # shellcheck disable=SC2046
  fill "$1" $(teams_of "$1")
  echo
  head_line "$(sqlite3 "$work/$1.db" 'SELECT COUNT(*) FROM members') memberships" 'of bare'
  bare_row
  service "Data Source=$work/$1.db"
  measure_reads 0.60 0.45 0.25
  measure_adding
  measure_metering
  memory_row
  stop
}

need wrk sqlite3 curl
build
echo
measure_starting 'first start to first answer' "$work/new.db"
measure_bare
measure_file thousand
measure_starting 'start to first answer' "$work/thousand.db"
if [ "${sizes[-1]}" = million ]; then
  keep_rates
  measure_file million
  compare_rates 'add member' 'list 20 members' 'list 20 workspaces' 'access check'
fi
