import { Argument, type Command } from "commander";
import { type OverrideWeight, parseOverrideWeight } from "../../control/overrides/override_weight.ts";
import { argument } from "../arguments.ts";
import { tellIdleFlags } from "../idle_flags.ts";
import type { Io } from "../io.ts";
import {
  addOverrideOptions,
  operate,
  operatorCommand,
  overrideBody,
  type OverrideFlags,
  targetKeyArgument,
  tellWarnings,
  untilText,
} from "./operator_command.ts";

/** The word that takes a weight back. */
const RESET = "reset";

/** `fproxy weight`: another share of sessions for a target. */
export function weightCommand(io: Io): Command {
  const weight = new Argument("<weight>", `0 to 256, a share of the configured weight (50%), or ${RESET}`)
    .argParser(argument((text: string) => text === RESET ? text : parseOverrideWeight(text)));
  return addOverrideOptions(
    operatorCommand("weight", "Gives a target another share of new sessions").addArgument(targetKeyArgument())
      .addArgument(weight),
  ).action(
    async (
      app: string,
      target: string,
      value: OverrideWeight | typeof RESET,
      flags: OverrideFlags,
      command: Command,
    ) => {
      const because = "the configured weight needs none";
      tellIdleFlags(command, io, [
        { flag: "for", name: "--for", isIdle: value === RESET, because },
        { flag: "reason", name: "--reason", isIdle: value === RESET, because },
      ]);
      Deno.exitCode = await setWeight(app, target, value, flags, io);
    },
  );
}

function setWeight(
  app: string,
  beginning: string,
  value: OverrideWeight | typeof RESET,
  flags: OverrideFlags,
  io: Io,
): Promise<number> {
  return operate("weight", flags, io, async (client) => {
    const target = await client.find(app, beginning, value === RESET);
    const answer = value === RESET
      ? await client.remove(app, target, "weight", flags.by)
      : await client.put(app, target, { weight: value, ...overrideBody(flags) });
    tellWarnings("weight", answer, io);
    if (answer.target === null) {
      io.stdout(`${app} ${target} has no overridden weight any more\n`);
      return 0;
    }
    const { effective, config, override } = answer.target;
    const until = untilText(override?.weight?.until);
    io.stdout(`${app} ${target} has weight ${effective.weight}${until}; configured is ${config.weight}\n`);
    return 0;
  });
}
