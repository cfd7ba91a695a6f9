/**
 * The command of a container that starts a database server once no other pod
 * has the lock of its volume.
 *
 * Postgres tells by process ids whether its database is in use, and those of
 * another pod are invisible to it: two servers on one database destroy it. A pod
 * that was deleted with --force is still stopping while its successor starts.
 * The lock ends with the last process that inherited it, however that ends.
 *
 * @param volume the folder that the volume is mounted at
 * @param entrypoint what the image would start; gets the container's arguments
 */
export function startAlone(volume: string, entrypoint: string): string[] {
  // SIGINT is what the image asks to be stopped with; a shell with process id 1 ignores what it does not trap.
  const script = `exec 9>>'${volume}/.server.lock'
trap 'exit 143' INT TERM
until flock -n 9; do
  [ $? -eq 1 ] || exit 1
  echo 'Another server still uses this volume; this one starts when that has ended.' >&2
  sleep 1
done
trap - INT TERM
exec ${entrypoint} "$@"`;
  return ["sh", "-c", script, "start-alone"];
}
