# shellcheck shell=bash
# One instance on PostgreSQL, and pgbench beside it; sourced by run.

# shellcheck source-path=SCRIPTDIR source=cluster.sh
. "$here/cluster.sh"
declare -A added

pgbench() { # SECONDS DATABASE SCRIPT VARIABLES...
  local seconds=$1 database=$2 script=$3 rate variable variables=()
  shift 3
  for variable in "$@"; do
    variables+=(-D "$variable")
  done
  rm -f "$work"/pgbench.*
  within $((seconds + 60)) "$bin/pgbench" -n -M prepared -c 64 -j 2 -T "$seconds" -f "$here/$script" \
    "${variables[@]}" -l --log-prefix="$work/pgbench.log" "$database" >"$work/pgbench.out" 2>&1 ||
    fail "pgbench fails: $(tail -n 5 "$work/pgbench.out")"
  # Each line of the log is a transaction; the third number is its microseconds.
  rate=$(sed -nE 's/^tps = ([0-9]+).*/\1/p' "$work/pgbench.out")
  result=$(awk '{ print $3 }' "$work"/pgbench.log* | sort -n | awk -v rate="$rate" '
    { took[NR] = $1 / 1000 }
    END { printf "%d %.2f %.2f 0", rate, took[int(NR * 0.50) + 1], took[int(NR * 0.99) + 1] }')
}

measure_adding() {
  local form
  for form in "${forms[@]}"; do
    call "$warm" '' "$key" "$form" $users $workspaces 0
    call "$each" '' "$key" "$form" $users $workspaces 100000
    added[$form]=$result
    rates["add member, ${form_names[$form]}"]=${result%% *}
  done
}

# The same statements about the same rows in the same order, in a copy of the database.
measure_pgbench() { # DATABASE TEAMS SIZE
  local form spread=0 variables
  variables=("users=$users" "workspaces=$workspaces" "owner=$owner" "now=$(date +%s%3N)" turn=0)
  echo
  head_line 'writes' 'of pgbench'
  for form in "${forms[@]}"; do
    pgbench "$warm" "$1" add.pgbench "${variables[@]}" "spread=$spread" offset=0
    pgbench "$each" "$1" add.pgbench "${variables[@]}" "spread=$spread" offset=100000
    # shellcheck disable=SC2086
    row "add member, ${form_names[$form]}" 0.60 "${result%% *}" ${added[$form]}
    # shellcheck disable=SC2086
    row "pgbench, ${form_names[$form]}" '' '' $result
    spread=1
  done
  pgbench "$each" "$1" find.pgbench users=$users "teams=$2" "size=$3"
  # shellcheck disable=SC2086
  row 'pgbench, one member by its key' '' '' $result
}

measure_database() { # NAME TEAMS SIZE
  fill "$@"
  sql postgres "CREATE DATABASE $1_pgbench TEMPLATE $1"
  echo
  head_line "$(sql "$1" 'SELECT COUNT(*) FROM members') memberships" 'of bare'
  bare_row
  service "$(connection "$1")"
  measure_reads 0.40 0.40 0.20
  measure_adding
  memory_row
  stop
  measure_pgbench "$1_pgbench" "$2" "$3"
}

need wrk curl
build
start_postgres
measure_bare
# shellcheck disable=SC2046
measure_database thousand $(teams_of thousand)
if [ "${sizes[-1]}" = million ]; then
  keep_rates
  # shellcheck disable=SC2046
  measure_database million $(teams_of million)
  compare_rates "add member, ${form_names[add]}" "add member, ${form_names[spread]}" \
    'list 20 members' 'list 20 workspaces' 'access check'
fi
