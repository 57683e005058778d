#!/usr/bin/env bash
# Completes a line in an interactive bash behind a pseudo-terminal, and prints one candidate a line.
# Usage: complete.bash SETUP-FILE LINE
# Alt-* is readline's insert-completions: it puts every candidate into the line. The line then runs the function below,
# which prints its words.
{
  printf 'PS1=; bind "set bell-style none"; source %q\n' "$1"
  printf 'fproxy() { printf "HI""T:%%s\\n" "$@"; }\n'
  printf '%s\e*\n' "$2"
  printf 'exit\n'
} | script -qec 'bash --norc --noprofile -i' /dev/null | sed -n 's/^.*HIT:\([^\r]*\)\r*$/\1/p'
