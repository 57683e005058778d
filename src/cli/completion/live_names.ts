import type { Command, Option } from "commander";
import { optionValue, type ValueSpec, valueSpec } from "./spec.ts";

/** What a running proxy is asked for. */
export interface LiveQuestion {
  readonly kind: "app" | "target";
  /** The app whose targets are wanted; null for those of all apps. */
  readonly app: string | null;
  /** The command with its options, among them where the proxy is. */
  readonly command: Command;
  /** What is typed of the name. */
  readonly beginning: string;
}

/** Names that a shell takes as they are; others are not offered, since some would run what stands in them. */
const PLAIN = /^[\w.:/@%+,=[\]-]+$/;

/**
 * What is to be asked for the last word of a line.
 * @param words all that was typed behind the program's name; the last one may be empty.
 * @returns null where no name of a running proxy may stand there.
 */
export function liveQuestion(root: Command, words: readonly string[]): LiveQuestion | null {
  const command = root.commands.find((one) => words.slice(0, -1).includes(one.name()));
  if (command === undefined) return null;
  const before = words.slice(words.indexOf(command.name()) + 1, -1);
  const last = words.at(-1) ?? "";
  const [, written, value] = /^(--[a-z-]+)=(.*)$/s.exec(last) ?? [];
  const pending = optionOf(command, written ?? before.at(-1) ?? "");
  const isPending = pending?.required === true;
  const read = isPending && written === undefined ? before.slice(0, -1) : before;
  const { operands } = command.parseOptions([...read]);
  const { kind } = isPending ? optionValue(pending) : argumentAt(command, operands.length);
  if (kind !== "app" && kind !== "target") return null;
  return { kind, app: operands[0] ?? null, command, beginning: value ?? last };
}

/** Those that begin as typed and a shell takes as they are. */
export function offered(names: readonly string[], beginning: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(beginning) && PLAIN.test(name));
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find((option) => option.short === flag || option.long === flag);
}

function argumentAt(command: Command, index: number): ValueSpec {
  const argument = command.registeredArguments[index];
  return argument === undefined ? { kind: "none" } : valueSpec(argument.name(), argument.argChoices);
}
