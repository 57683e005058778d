import { allCommands, type CommandSpec, isLive, type OptionSpec, type ValueSpec } from "./spec.ts";

/** A completion script for zsh: to be sourced, or saved as `_program` in a folder of `$fpath`. */
export function zshCompletion(program: string, root: CommandSpec): string {
  const name = program.replace(/\W/g, "_");
  return `#compdef ${program}
# zsh completion for ${program}; load it with: source <(${program} completion zsh)

${allCommands(root).map((command) => commandFunction(name, command)).join("\n")}
# Asks the running proxy what may stand here.
__${name}_live() {
  local -a names
  names=("\${(@f)$(command ${program} complete -- "\${(@Q)words[1,CURRENT-1]}" "\${(Q)IPREFIX}\${(Q)PREFIX}" 2> /dev/null)}")
  (( \${#names} )) && [[ -n $names[1] ]] && compadd -a names
}

# Called by the completion system when it was found in $fpath, otherwise registered there.
if [ "$funcstack[1]" = "_${name}" ]; then
  _${name} "$@"
else
  compdef _${name} ${program}
fi
`;
}

function commandFunction(name: string, { path, options, commands, arguments: values }: CommandSpec): string {
  const specs = options.map((option) => optionLine(option, name));
  const own = functionName(name, path);
  if (commands.length === 0) {
    values.forEach((value, index) => specs.push(quote(`${index + 1}:argument:${action(value, name)}`)));
    return `${own}() {\n  _arguments -s ${specs.join(" \\\n    ")}\n}\n`;
  }
  const names = commands.map((child) =>
    quote(`${child.path.at(-1)}:${child.description.replaceAll(":", "\\:")}`)
  );
  const arms = commands.map((child) => `        ${child.path.at(-1)}) ${functionName(name, child.path)} ;;`);
  return `${own}() {
  local curcontext="$curcontext" state line ret=1
  local -a commands
  typeset -A opt_args
  commands=(
    ${names.join("\n    ")}
  )
  _arguments -C -s ${specs.join(" \\\n    ")} \\
    '1:command:->command' '*::argument:->argument' && ret=0
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    argument)
      case $line[1] in
${arms.join("\n")}
      esac
      ret=$?
      ;;
  esac
  return ret
}
`;
}

function functionName(name: string, path: readonly string[]): string {
  return ["", name, ...path].join("_").replaceAll("-", "_");
}

function optionLine(
  { names, description, value, isOptional, isRepeatable }: OptionSpec,
  program: string,
): string {
  const exclusion = isRepeatable ? "'*'" : names.length > 1 ? quote(`(${names.join(" ")})`) : "";
  const rest = quote(`[${description.replace(/[[\]:\\]/g, "\\$&")}]${valueText(value, isOptional, program)}`);
  const forms = names.map((name) => `${name}${suffix(name, value, isOptional)}`);
  return `${exclusion}${forms.length > 1 ? `{${forms.join(",")}}` : forms[0]}${rest}`;
}

/** How `_arguments` lets a value follow: `+` in the same or the next word, `=` after an equals sign too, `-` only so. */
function suffix(name: string, value: ValueSpec, isOptional: boolean): string {
  if (value.kind === "none") return "";
  if (!name.startsWith("--")) return "+";
  return isOptional ? "=-" : "=";
}

function valueText(value: ValueSpec, isOptional: boolean, program: string): string {
  return value.kind === "none" ? "" : `${isOptional ? "::" : ":"}value:${action(value, program)}`;
}

function action(value: ValueSpec, program: string): string {
  if (value.kind === "files") return "_files";
  // With a blank in front it is called without options for the list of names.
  if (isLive(value)) return ` __${program}_live`;
  return value.kind === "words" ? `(${value.words.join(" ")})` : " ";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
