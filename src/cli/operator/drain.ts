import type { Command } from "commander";
import { systemClock } from "../../base/clock.ts";
import { tellIdleFlags } from "../idle_flags.ts";
import type { Io } from "../io.ts";
import { durationOption } from "../test_options.ts";
import {
  addOverrideOptions,
  byOption,
  operate,
  operatorCommand,
  overrideBody,
  type OverrideFlags,
  targetKeyArgument,
  tellWarnings,
  untilText,
} from "./operator_command.ts";
import { sessions, waitForDrain } from "./wait_for_drain.ts";

interface DrainFlags extends OverrideFlags {
  readonly wait?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

const DESCRIPTIONS = {
  drain: "Gives a target no new sessions; those that are open go on",
  maint: "Gives a target no new sessions, and checks its health no more",
} as const;
const DONE = { drain: "is drained", maint: "is in maintenance" } as const;

/** `fproxy drain` and `fproxy maint`: the target takes no new sessions. */
export function drainCommand(io: Io, name: "drain" | "maint"): Command {
  return addOverrideOptions(operatorCommand(name, DESCRIPTIONS[name]).addArgument(targetKeyArgument()))
    .option("-w, --wait", "waits until its last session has ended")
    .addOption(durationOption("-t, --timeout <duration>", "longest wait; else as long as it takes"))
    .action(async (app: string, target: string, flags: DrainFlags, command: Command) => {
      tellIdleFlags(command, io, [{
        flag: "timeout",
        name: "--timeout",
        isIdle: flags.wait !== true,
        because: "nothing is waited for without --wait",
      }]);
      Deno.exitCode = await drain(name, app, target, flags, io);
    });
}

function drain(
  name: "drain" | "maint",
  app: string,
  beginning: string,
  flags: DrainFlags,
  io: Io,
): Promise<number> {
  return operate(name, flags, io, async (client) => {
    const target = await client.find(app, beginning);
    const answer = await client.put(app, target, { state: name, ...overrideBody(flags) });
    tellWarnings(name, answer, io);
    const open = sessions(answer.target?.connections_active ?? 0);
    const until = untilText(answer.target?.override?.state?.until);
    io.stdout(`${app} ${target} ${DONE[name]}${until}, ${open} open\n`);
    if (flags.wait !== true) return 0;
    await waitForDrain(client, {
      app,
      target,
      timeoutMs: flags.timeout ?? null,
      clock: systemClock,
      onOpen: (count) => io.stderr(`${name}: ${app} ${target}: ${sessions(count)} open\n`),
    });
    io.stdout(`${app} ${target} has no session any more\n`);
    return 0;
  });
}

/** `fproxy undrain`: takes `drain` and `maint` back. */
export function undrainCommand(io: Io): Command {
  return operatorCommand("undrain", "Gives a target new sessions again, after drain or maint")
    .addArgument(targetKeyArgument())
    .addOption(byOption())
    .action(async (app: string, beginning: string, flags: OverrideFlags) => {
      Deno.exitCode = await operate("undrain", flags, io, async (client) => {
        const target = await client.find(app, beginning, true);
        const answer = await client.remove(app, target, "state", flags.by);
        tellWarnings("undrain", answer, io);
        const weight = answer.target?.override?.weight ?? null;
        const rest = weight === null
          ? ""
          : `; its weight is still overridden: ${weight.value}${untilText(weight.until)}`;
        io.stdout(`${app} ${target} ${answer.changed ? "is no longer drained" : "was not drained"}${rest}\n`);
        return 0;
      });
    });
}
