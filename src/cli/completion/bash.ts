import { allCommands, type CommandSpec, isLive, type ValueSpec } from "./spec.ts";

/**
 * A completion script for bash 3.2 and later, without need of the bash-completion package. `program` is the name of the
 * executable.
 */
export function bashCompletion(program: string, root: CommandSpec): string {
  const commands = allCommands(root);
  const name = program.replace(/\W/g, "_");
  return `# bash completion for ${program}; load it with: source <(${program} completion bash)

# What follows a command, as words: its sub-commands, then the values of its argument.
__${name}_words() {
  case "$1" in
${commands.map((command) => arm(key(command.path), words(command))).join("")}  esac
}

__${name}_options() {
  case "$1" in
${
    commands.map((command) =>
      arm(key(command.path), command.options.flatMap((option) => option.names).join(" "))
    )
      .join("")
  }  esac
}

# What the value of an option may be: "files", "words ...", "free"; nothing where it takes none or may do without.
__${name}_value() {
  case "$1 $2" in
${commands.flatMap((command) => optionArms(command, false)).join("")}  esac
}

# As above, for options whose value may be left out and is written --name=value.
__${name}_optional_value() {
  case "$1 $2" in
${commands.flatMap((command) => optionArms(command, true)).join("")}  esac
}

# Commands whose arguments are names that a running proxy knows.
__${name}_is_live() {
  case "$1" in
${
    commands.filter((command) => command.arguments.some(isLive)).map((command) =>
      `    ${key(command.path)}) return 0 ;;\n`
    ).join("")
  }  esac
  return 1
}

# Asks the running proxy what may stand here. bash takes words apart at colons, so that all words are read off the line; of a
# name with colons only what follows the last one that was typed is put in.
__${name}_live() {
  local line="\${COMP_LINE:0:COMP_POINT}" full typed word
  local -a words
  read -ra words <<< "$line"
  full="\${line##*[[:space:]]}"
  [[ -z $full ]] && words+=("")
  typed="$full"
  [[ $typed == --*=* ]] && typed="\${typed#*=}"
  local before=""
  [[ $COMP_WORDBREAKS == *:* && $typed == *:* ]] && before="\${typed%"\${typed##*:}"}"
  while IFS= read -r word; do
    [[ $word == "$typed"* ]] && COMPREPLY+=("\${word#"$before"}")
  done < <(command ${program} complete -- "\${words[@]:1}" 2> /dev/null)
}

_${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path="" value="" option="" i word
  COMPREPLY=()
  # The words before: which command is this, and does the last of them wait for a value?
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ $word == "=" ]]; then
      # bash splits --name=value into three words.
      value="$(__${name}_value "$path" "$option")"
      [[ -z $value ]] && value="$(__${name}_optional_value "$path" "$option")"
    elif [[ -n $value ]]; then
      value=""
    elif [[ $word == -* ]]; then
      option="$word"
      value="$(__${name}_value "$path" "$option")"
    elif [[ " $(__${name}_words "$path") " == *" $word "* ]]; then
      path="\${path:+$path }$word"
    fi
  done
  if [[ $cur == "=" ]]; then
    cur=""
    value="$(__${name}_value "$path" "$option")"
    [[ -z $value ]] && value="$(__${name}_optional_value "$path" "$option")"
  fi
  case "$value" in
    files)
      type compopt > /dev/null 2>&1 && compopt -o filenames
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
      return
      ;;
    free) return ;;
    live)
      __${name}_live
      return
      ;;
    words\\ *) word="\${value#words }" ;;
    *) if [[ $cur == -* ]]; then word="$(__${name}_options "$path")"; else word="$(__${name}_words "$path")"; fi ;;
  esac
  COMPREPLY=($(compgen -W "$word" -- "$cur"))
  [[ -z $value && $cur != -* ]] && __${name}_is_live "$path" && __${name}_live
  return 0
}

complete -F _${name} ${program}
`;
}

function key(path: readonly string[]): string {
  return `"${path.join(" ")}"`;
}

function arm(pattern: string, text: string): string {
  return text === "" ? "" : `    ${pattern}) echo "${text}" ;;\n`;
}

function words({ commands, arguments: [first] }: CommandSpec): string {
  const values = first?.kind === "words" ? first.words : [];
  return [...commands.map((command) => command.path.at(-1) ?? ""), ...values].join(" ");
}

function optionArms({ path, options }: CommandSpec, isOptional: boolean): string[] {
  return options.filter((option) => option.value.kind !== "none" && option.isOptional === isOptional)
    .map(({ names, value }) =>
      arm(names.map((name) => `"${path.join(" ")} ${name}"`).join(" | "), describe(value))
    );
}

function describe(value: ValueSpec): string {
  if (isLive(value)) return "live";
  return value.kind === "words" ? `words ${value.words.join(" ")}` : value.kind;
}
