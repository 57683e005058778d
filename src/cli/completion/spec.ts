import type { Command, Option } from "commander";

/** What a shell needs to know about one command and its sub-commands. */
export interface CommandSpec {
  /** Names from the program's own, which is left out, to this one's: `["test", "ping"]`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly OptionSpec[];
  readonly commands: readonly CommandSpec[];
  /** What its arguments may be, in their order. */
  readonly arguments: readonly ValueSpec[];
}

/** One option. */
export interface OptionSpec {
  /** As typed: `-c`, `--config`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly value: ValueSpec;
  /** Whether the value may be left out; with one it is written `--name=value`. */
  readonly isOptional: boolean;
  /** Whether it may be given again. */
  readonly isRepeatable: boolean;
}

/**
 * What may stand for a value: nothing at all, file names, one of a list, the name of an app or target of the running proxy,
 * or something that only the user knows.
 */
export type ValueSpec =
  | { readonly kind: "none" }
  | { readonly kind: "files" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "app" }
  | { readonly kind: "target" }
  | { readonly kind: "free" };

/** Placeholders that stand for a file name. */
const FILE_PLACEHOLDERS = new Set(["file", "path"]);
/** Placeholders that stand for a name that a running proxy knows. */
const LIVE_PLACEHOLDERS = ["app", "target"] as const;

/** Reads the tree of a commander program; hidden commands and options are left out. */
export function commandSpec(command: Command, path: readonly string[] = []): CommandSpec {
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(optionSpec),
    commands: help.visibleCommands(command).map((child) => commandSpec(child, [...path, child.name()])),
    arguments: command.registeredArguments.map((one) => valueSpec(one.name(), one.argChoices)),
  };
}

/** The command itself and all below it. */
export function allCommands(spec: CommandSpec): CommandSpec[] {
  return [spec, ...spec.commands.flatMap(allCommands)];
}

/** Whether the value is one that a running proxy knows. */
export function isLive({ kind }: ValueSpec): boolean {
  return kind === "app" || kind === "target";
}

function optionSpec(option: Option): OptionSpec {
  const names = [option.short, option.long].filter((name) => name !== undefined && name !== null);
  // Choices are read by a function of two parameters; any other such function collects repeated values.
  const collects = option.argChoices === undefined && (option.parseArg?.length ?? 0) > 1;
  return {
    names,
    description: option.description,
    value: optionValue(option),
    isOptional: option.optional,
    isRepeatable: option.variadic || collects,
  };
}

/** What the value of an option may be. */
export function optionValue(option: Option): ValueSpec {
  if (!option.required && !option.optional) return { kind: "none" };
  const placeholder = /[<[]([a-z]+)/.exec(option.flags)?.[1] ?? "";
  if (placeholder === "boolean") return { kind: "words", words: ["true", "false"] };
  return valueSpec(placeholder, option.argChoices);
}

/** What a value may be. @param placeholder word that stands for it in the help. */
export function valueSpec(placeholder: string, choices: readonly string[] | undefined): ValueSpec {
  if (choices !== undefined) return { kind: "words", words: choices };
  const live = LIVE_PLACEHOLDERS.find((one) => one === placeholder);
  if (live !== undefined) return { kind: live };
  return { kind: FILE_PLACEHOLDERS.has(placeholder) ? "files" : "free" };
}
