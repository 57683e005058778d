import type { Command, Option } from "commander";
import type { Io } from "./io.ts";
import { markdownCode, markdownTable } from "./markdown.ts";
import { buildProgram } from "./program.ts";

const INTRODUCTION = `# Commands

<!-- Generated from the command line (src/cli) by \`deno task schema\`. Do not edit. -->

Every command with its options, as \`fproxy COMMAND --help\` shows them. Those of \`fproxy\` itself stand alone: before a
command only \`--no-color\` means something. An option that does nothing beside the others is told on standard error.
[HTTP mode](http.md) and [testing tools](testing-tools.md) tell what the larger ones are for. Exit codes: 0 done, 1 failed,
2 wrong usage or wrong config.
`;

/** Nothing is run while the page is made. */
const SILENT: Io = {
  stdout: () => {},
  stderr: () => {},
  defer: () => {},
  flush: () => Promise.resolve(),
  dropped: 0,
  color: false,
  columns: 80,
  rows: Infinity,
  isUnread: false,
  isTerminal: false,
  canRedraw: false,
};

/** The page of all commands, `docs/commands.md`: what the command line says of itself. */
export async function commandReference(): Promise<string> {
  const program = await buildProgram(SILENT, () => true);
  return `${INTRODUCTION}\n${sections(program, []).join("\n").trimEnd()}\n`;
}

/** The command itself, then those in it. */
function sections(command: Command, parents: readonly string[]): string[] {
  const path = [...parents, command.name()];
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => child.name() !== "help");
  const rows = command.options.filter((option) => !option.hidden).map(optionRow);
  const own = [
    `## ${path.join(" ")}\n`,
    `${command.description().replace(/\.$/, "")}: ${markdownCode(help.commandUsage(command))}\n`,
    ...(rows.length > 0 ? [markdownTable(["Option", "Default", "Meaning"], rows)] : []),
  ].join("\n");
  return [own, ...children.flatMap((child) => sections(child, path))];
}

function optionRow(option: Option): string[] {
  const { flags, description, argChoices, envVar } = option;
  const notes = [
    ...(argChoices === undefined ? [] : [argChoices.map(markdownCode).join(", ")]),
    ...(envVar === undefined ? [] : [`or ${markdownCode(envVar)} in the environment`]),
    ...(option.mandatory ? ["required"] : []),
  ];
  return [
    markdownCode(flags),
    defaultOf(option),
    `${description}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`.replaceAll("\\", "\\\\"),
  ];
}

/** A switch without a value is off. */
function defaultOf({ defaultValue, defaultValueDescription, required, optional }: Option): string {
  if (defaultValueDescription !== undefined) return markdownCode(defaultValueDescription);
  return defaultValue === undefined || !(required || optional) ? "" : markdownCode(String(defaultValue));
}
