import { DENO_VERSION } from "./deno_version.ts";
import { RUN_FLAGS } from "./run_flags.ts";

/**
 * A POSIX shell script that runs main.ts of its own directory, from any working directory and through symbolic links,
 * on the Deno that is installed or else on npm's. It is replaced by Deno, so that signals reach the program.
 */
export function launcherText(): string {
  return `#!/bin/sh
# Runs fproxy on the installed Deno. Written by \`deno task launcher\`.
set -eu
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
  esac
done
root=$(CDPATH='' cd -- "$(dirname "$self")" && pwd -P)
if command -v deno >/dev/null 2>&1; then
  deno=deno
elif command -v npx >/dev/null 2>&1; then
  # Only its path is asked of npx: as a parent process it would not pass signals on.
  deno=$(npx -y deno@${DENO_VERSION} eval 'console.log(Deno.execPath())')
else
  echo "fproxy: needs deno (https://deno.com) or npx (https://nodejs.org) on the PATH" >&2
  exit 127
fi
exec "$deno" run --config "$root/deno.json" ${RUN_FLAGS.join(" ")} "$root/main.ts" "$@"
`;
}
