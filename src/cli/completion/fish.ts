import { allCommands, type CommandSpec, isLive, type OptionSpec, type ValueSpec } from "./spec.ts";

/** A completion script for fish 3 and later. */
export function fishCompletion(program: string, root: CommandSpec): string {
  const name = program.replace(/\W/g, "_");
  const commands = allCommands(root);
  const valued = commands.flatMap((command) =>
    command.options.filter((option) => option.value.kind !== "none" && !option.isOptional)
      .flatMap((option) => option.names.map((flag) => quote([...command.path, flag].join(" "))))
  );
  const known = commands.slice(1).map((command) => quote(command.path.join(" ")));
  return `# fish completion for ${program}; load it with: ${program} completion fish | source

# True when the words typed so far end in the command given, such as "test ping".
function __${name}_at
    set -l path
    set -l wants_value no
    for word in (commandline -opc)[2..-1]
        if test $wants_value = yes
            set wants_value no
        else if contains -- (string join ' ' -- $path $word) ${valued.join(" ")}
            set wants_value yes
        else if contains -- (string join ' ' -- $path $word) ${known.join(" ")}
            set -a path $word
        end
    end
    test "$path" = "$argv[1]"
end

# Asks the running proxy what may stand here.
function __${name}_live
    set -l current (commandline -ct)
    command ${program} complete -- (commandline -opc)[2..-1] "$current" 2>/dev/null
end

complete -c ${program} -f
${commands.map((command) => commandLines(program, name, command)).join("")}`;
}

function commandLines(
  program: string,
  name: string,
  { path, options, commands, arguments: values }: CommandSpec,
): string {
  const start = `complete -c ${program} -n ${quote(`__${name}_at ${quote(path.join(" "))}`)}`;
  const lines = [
    ...commands.map((child) => `${start} -a ${child.path.at(-1)} -d ${quote(child.description)}`),
    ...(values[0]?.kind === "words" ? [`${start} -a ${quote(values[0].words.join(" "))}`] : []),
    ...(values.some(isLive) ? [`${start} -a ${quote(`(__${name}_live)`)}`] : []),
    ...options.map((option) => `${start} ${optionText(option, name)}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function optionText({ names, description, value, isOptional }: OptionSpec, program: string): string {
  const flags = names.map((name) => name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`);
  return `${flags.join(" ")}${valueText(value, isOptional, program)} -d ${quote(description)}`;
}

/** `-x` wants a value and offers no files, `-r -F` offers them. */
function valueText(value: ValueSpec, isOptional: boolean, program: string): string {
  if (value.kind === "none") return "";
  if (value.kind === "files") return " -r -F";
  if (isLive(value)) return ` -x -a ${quote(`(__${program}_live)`)}`;
  const words = value.kind === "words" ? ` -a ${quote(value.words.join(" "))}` : "";
  return `${isOptional ? "" : " -x"}${words}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
