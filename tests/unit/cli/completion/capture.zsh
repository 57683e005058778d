# Makes the interactive shell print what would be offered instead of offering it.
PS1=
autoload -Uz compinit
compinit -u -D
source "$1"
compadd() {
  # Calls that only fill arrays are the completion system's own.
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a hits
  builtin compadd -A hits "$@"
  [[ -n $hits ]] && print -lr -- HIT:$^hits
  return 1
}
finish() {
  print -r -- DO"NE"
  exit
}
comppostfuncs=(finish)
zle -C complete-it complete-word _generic
bindkey '^I' expand-or-complete
print REA"DY"
