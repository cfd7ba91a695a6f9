#!/bin/sh
# Starts Postgres the way the official image does: an empty PGDATA is initialised first, with POSTGRES_PASSWORD(_FILE),
# POSTGRES_USER, POSTGRES_DB, POSTGRES_INITDB_ARGS and the scripts of /docker-entrypoint-initdb.d; then the given
# command takes this process's place. Writes only to PGDATA and the socket directory.
set -eu

fail() {
  echo "docker-entrypoint: $*" >&2
  exit 1
}

# A cluster is made in $PGDATA/.initialising and moved up when it is complete; PG_VERSION comes last and decides.
# So a first start that was cut short is never taken for a database: the next one clears it and begins again.
new_cluster="$PGDATA/.initialising"

start_temporary_server() {
  # Local socket only: nobody outside sees a database that is half set up. The last of equal settings counts.
  "$@" -D "$new_cluster" -c listen_addresses= -c unix_socket_directories=/var/run/postgresql -c port="${PGPORT:-5432}" &
  server=$!
  trap 'kill -INT "$server"; wait "$server" || true; exit 143' TERM INT
  until pg_isready --quiet --dbname=postgres --host=/var/run/postgresql --username="$POSTGRES_USER"; do
    kill -0 "$server" 2>/dev/null || fail "the temporary server for the first start ended; its log is above"
    sleep 0.1
  done
}

stop_temporary_server() {
  kill -INT "$server"
  wait "$server" || fail "the temporary server did not shut down cleanly"
  trap - TERM INT
}

run_sql() {
  psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --no-password --host=/var/run/postgresql --username="$POSTGRES_USER" "$@"
}

run_scripts() {
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
      *.sh)
        echo "docker-entrypoint: running $script"
        if [ -x "$script" ]; then "$script"; else . "$script"; fi
        ;;
      *.sql)
        echo "docker-entrypoint: running $script"
        run_sql --dbname="$POSTGRES_DB" --file="$script"
        ;;
    esac
  done
}

initialise() {
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
  [ -n "${POSTGRES_PASSWORD:-}" ] || fail "the first start needs POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE"
  export POSTGRES_USER="${POSTGRES_USER:-postgres}"
  export POSTGRES_DB="${POSTGRES_DB:-$POSTGRES_USER}"
  export PGHOST=/var/run/postgresql PGUSER="$POSTGRES_USER" PGDATABASE="$POSTGRES_DB"

  if [ -e "$new_cluster" ]; then
    echo "docker-entrypoint: an earlier first start was cut short; beginning again"
    find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .initialising -exec rm -rf {} +
    rm -rf "$new_cluster"
  fi
  [ -z "$(ls -A "$PGDATA" | grep -vx lost+found)" ] || fail "$PGDATA is not empty and holds no database (PG_VERSION is missing)"

  # shellcheck disable=SC2086 # POSTGRES_INITDB_ARGS is a list of options
  printf '%s\n' "$POSTGRES_PASSWORD" | initdb --no-instructions --pgdata="$new_cluster" --username="$POSTGRES_USER" --pwfile=/dev/stdin \
    --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  printf '\nhost all all all scram-sha-256\n' >>"$new_cluster/pg_hba.conf"

  start_temporary_server "$@"
  if [ "$POSTGRES_DB" != postgres ]; then
    echo 'CREATE DATABASE :"name"' | run_sql --dbname=postgres --set=name="$POSTGRES_DB"
  fi
  run_scripts
  stop_temporary_server

  rm -f "$new_cluster/postmaster.opts"
  find "$new_cluster" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$PGDATA" {} +
  sync
  mv "$new_cluster/PG_VERSION" "$PGDATA"
  sync
  unset PGHOST PGUSER PGDATABASE
}

case "${1:-postgres}" in
  -*) set -- postgres "$@" ;;
esac
if [ "${1:-}" = postgres ]; then
  mkdir -p "$PGDATA"
  # Kubernetes opens volumes to a pod's group (fsGroup) at every start, which Postgres refuses.
  # Where the directory is a volume's root it may belong to someone else, and stays as it is.
  chmod 0700 "$PGDATA" 2>/dev/null || true
  [ -s "$PGDATA/PG_VERSION" ] || initialise "$@"
  rmdir "$new_cluster" 2>/dev/null || true
fi
exec "$@"
