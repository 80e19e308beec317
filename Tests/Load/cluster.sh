# shellcheck shell=bash
# A PostgreSQL cluster of its own in the temporary folder, and databases in it; sourced by postgres.sh and
# instances.sh.

workspaces=40 # to add members to one after the other, and as many to add members to in turns
postgres_user=

stop_postgres() {
  [ ! -f "$work/postgres/data/postmaster.pid" ] ||
    as_postgres timeout 60 "$bin/pg_ctl" -D "$work/postgres/data" -m immediate stop >/dev/null 2>&1
}
cleaners+=(stop_postgres)

# The server refuses to run as root.
as_postgres() {
  if [ -n "$postgres_user" ]; then
    (cd / && setpriv --reuid "$postgres_user" --regid "$(id -g "$postgres_user")" --clear-groups "$@")
  else
    (cd / && "$@")
  fi
}

find_postgres() { # Debian keeps these programs off the PATH
  bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1) || true
  [ -n "$bin" ] || { command -v initdb >/dev/null && bin=$(dirname "$(command -v initdb)"); }
}

# Everything is as PostgreSQL comes, fsync and synchronous_commit included, but max_connections: two instances have pools
# of 100 each, and pgbench has 64.
start_postgres() {
  find_postgres || { install postgresql && find_postgres; } || fail 'PostgreSQL is missing.'
  mkdir "$work/postgres"
  if [ "$(id -u)" = 0 ]; then
    postgres_user=postgres
    id "$postgres_user" >/dev/null 2>&1 || postgres_user=nobody
    chmod 711 "$work"
    chown "$postgres_user" "$work/postgres"
  fi

  export PGHOST=127.0.0.1 PGPORT PGUSER=workspaces PGCONNECT_TIMEOUT=10
  PGPORT=$(free_port)
  {
    as_postgres timeout 120 "$bin/initdb" -D "$work/postgres/data" -U $PGUSER --auth=trust --encoding=UTF8 --no-sync &&
      as_postgres timeout 120 "$bin/pg_ctl" -D "$work/postgres/data" -l "$work/postgres/log" -w -t 60 start -o \
        "-p $PGPORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/postgres -c max_connections=300"
  } >"$work/initdb.log" 2>&1 || fail "PostgreSQL does not start: $(cat "$work/initdb.log")"
}

connection() { echo "Host=$PGHOST;Port=$PGPORT;Username=$PGUSER;Database=$1"; } # DATABASE

sql() { # DATABASE [STATEMENT...]: those of standard input where none is given
  local database=$1 statement statements=()
  shift
  for statement in "$@"; do
    statements+=(-c "$statement")
  done
  within 900 "$bin/psql" -X -qAt -v ON_ERROR_STOP=1 -d "$database" "${statements[@]}"
}

fill() { # DATABASE TEAMS SIZE
  sql postgres "CREATE DATABASE $1"
  fill_by_api "$(connection "$1")"
  {
    # No instance runs that had to be told of each row, and the references are right: no triggers.
    echo 'SET session_replication_role = replica;'
    fill_statements "$2" "$3" $((2 * workspaces)) "chr(10)"
    echo "SELECT setval('numbers_usr', 999999), setval('numbers_ws', 999999);"
  } | sql "$1" >/dev/null
  sql "$1" 'VACUUM ANALYZE' CHECKPOINT
}

# The forms of adding: 10,000 go to one workspace before the next, so that all connections meet at one row; or each goes
# to another workspace than the one before.
forms=(add spread)
declare -A form_names=([add]='to one workspace' [spread]="in turns to $workspaces")
