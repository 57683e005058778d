import { RUN_FLAGS } from "../run_flags.ts";
import { BUNDLE_FLAGS, BUNDLED_MAIN } from "./bundle.ts";

/** The runtime in the archive, under the program's name, which is what `ps` and `top` show. */
export const RUNTIME = "fproxy";
/** Folder of the bundle in the archive. */
export const PROGRAM = "program";
/** Characters of a directory's name: enough of a SHA-256 for no two archives to meet. */
const NAME_LENGTH = 32;

/** What stands behind the start part. */
export interface Archive {
  /** SHA-256 of the compressed archive, hexadecimal. */
  readonly sha256: string;
  /** Every file in it, relative, without blanks. */
  readonly files: readonly string[];
  readonly version: string;
}

/**
 * The beginning of a self-contained file: a POSIX shell script that unpacks the gzip'd tar archive behind it, once, and
 * is then replaced by the program in it, so that signals, exit codes, standard streams and open descriptors are the
 * program's. It uses what every Linux has (tail, gzip, tar, sha256sum); flock(1) where there is one.
 */
export function startPart({ sha256, files, version }: Archive): string {
  const flags = [...BUNDLE_FLAGS, ...RUN_FLAGS].join(" ");
  const script = (firstLine: number): string =>
    `#!/bin/sh
# fproxy ${version} and the Deno that it runs on, in one file. This script unpacks the archive at its end into a directory
# that is named by the content, once, and runs it from there. \`fproxy version --build\` shows which.
set -eu

sum=${sha256}
first_line=${firstLine}
files='${files.join(" ")}'
name=${sha256.slice(0, NAME_LENGTH)}
case $0 in
  */*) self=$0 ;;
  *) self=$(command -v -- "$0" || echo "./$0") ;;
esac

archive() {
  tail -n "+$first_line" "$self"
}

# What is run must belong to this user or to root, and nobody else may be able to change it. $1 path, $2 option of ls.
is_own() {
  # Split on purpose: mode, links, owner.
  # shellcheck disable=SC2046
  set -- $(ls "-ldn$2" "$1" 2> /dev/null)
  [ $# -gt 2 ] || return 1
  [ "$3" = 0 ] || [ "$3" = "$(id -u)" ] || return 1
  case $1 in
    l*) ;;
    ?????w* | ????????w*) return 1 ;;
  esac
}
is_trusted() {
  is_own "$1" '' && is_own "$1" L
}

# Also what cleans up temporary directories takes files away.
is_complete() {
  for file in $files; do
    [ -s "$1/$file" ] || return 1
  done
}

# A lock as long as the program runs, on any descriptor that is free: another version leaves this directory then.
hold() {
  command -v flock > /dev/null && [ -d /proc/self/fd ] && [ -r "$1" ] || return 0
  for fd in 9 8 7 6 5 4 3; do
    [ -e "/proc/self/fd/$fd" ] && continue
    eval "exec $fd< \\"\\$1\\""
    flock -s "$fd" || :
    return
  done
}

# Becomes the program, if it is in $1.
start() {
  place=$1/$name
  [ -d "$place" ] || return 0
  # What this user has made itself needs no other program to be looked at, which a start would wait for.
  if [ -L "$1" ] || ! [ -O "$1" ] || ! [ -O "$place" ]; then
    is_trusted "$1" && is_trusted "$place" || return 0
  fi
  hold "$place"
  is_complete "$place" || return 0
  shift
  export DENO_DIR="$place/cache" DENO_NO_UPDATE_CHECK=1
  exec "$place/${RUNTIME}" run ${flags} "$place/${PROGRAM}/${BUNDLED_MAIN}" "$@"
}

# Unpacks into $1. Says on standard output why it cannot.
unpack() (
  umask 022
  mkdir -p "$1" 2> /dev/null && [ -d "$1" ] || { echo "cannot be made"; exit 1; }
  is_trusted "$1" || { echo "belongs to another user, or others may write to it"; exit 1; }
  [ -w "$1" ] || { echo "cannot be written"; exit 1; }
  if command -v flock > /dev/null; then
    { exec 9> "$1/.lock"; } 2> /dev/null || { echo "cannot be written"; exit 1; }
    # Of several that start at once one unpacks, and the others find what it made.
    flock 9
    is_complete "$1/$name" && exit 0
    rm -rf "$1"/.new-*
  fi
  new=$(mktemp -d "$1/.new-XXXXXX" 2> /dev/null) || { echo "cannot be written"; exit 1; }
  trap 'rm -rf "$new"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  chmod 755 "$new"
  said=$({ archive | gzip -dc | tar -xof - -C "$new"; } 2>&1) && is_complete "$new" || {
    case $said in
      *"No space left"*) echo "has not enough room" ;;
      *) echo "cannot be filled: $(printf %s "$said" | head -n 1 | sed 's/^.*: //')" ;;
    esac
    exit 1
  }
  said=$("$new/${RUNTIME}" --version 2>&1) ||
    { echo "does not let programs run: $(printf %s "$said" | head -n 1 | sed 's/^.*: //')"; exit 1; }
  # Never into it: with -T the directory is taken over whole, or not at all.
  if [ -e "$1/$name" ]; then is_complete "$1/$name" || mv -T "$1/$name" "$new/replaced"; fi
  mv -T "$new" "$1/$name" 2> /dev/null || {
    is_complete "$1/$name" && exit 0
    echo "cannot be written"
    exit 1
  }
  trap - EXIT
  rm -rf "$1/$name/replaced"
  command -v flock > /dev/null || exit 0
  for old in "$1"/*; do
    case \${old##*/} in "$name" | *[!0-9a-f]*) continue ;; esac
    [ \${#old} -eq $((\${#1} + 1 + \${#name})) ] || continue
    # Programs that run from it hold a lock.
    flock -n "$old" rm -rf "$old" || :
  done
)

# Relative directories are not meant: the XDG Base Directory Specification says so, and a service's own is no place.
case \${XDG_CACHE_HOME:-} in
  /*) xdg=$XDG_CACHE_HOME/fproxy && start "$xdg" "$@" ;;
  *) xdg=XDG_CACHE_HOME ;;
esac
start /var/cache/fproxy "$@"
case \${TMPDIR:-/tmp} in
  /*) tmp=\${TMPDIR:-/tmp}/fproxy-$(id -u) && start "$tmp" "$@" ;;
  *) tmp=TMPDIR ;;
esac

for tool in tail gzip tar sha256sum mktemp; do
  command -v "$tool" > /dev/null || { echo "fproxy: cannot be unpacked without $tool" >&2; exit 1; }
done
case $(archive | sha256sum) in
  "$sum"*) ;;
  *) echo "fproxy: this file is damaged ($self): what is in it does not have the checksum that it should have" >&2; exit 1 ;;
esac
reasons=''
for base in "$xdg" /var/cache/fproxy "$tmp"; do
  case $base in
    /*) why=$(unpack "$base") && start "$base" "$@" ;;
    *) why='is not set to an absolute path' ;;
  esac
  reasons="$reasons
  $base $why"
done
echo "fproxy: no place to unpack the program, which needs some 110 MB:$reasons
Set XDG_CACHE_HOME or TMPDIR to a directory that can be written and that programs may run from." >&2
exit 1
`;
  // The number of the line behind the last one; it has the same number of digits in both passes.
  const lines = script(100).split("\n").length;
  return script(lines);
}
