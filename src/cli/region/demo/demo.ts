import { Command } from "commander";
import { systemClock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import { ask } from "../../demo/ask.ts";
import type { Io } from "../../io.ts";
import { selfCommand } from "../../self_command.ts";
import { aborted, untilSignal } from "../../until_signal.ts";
import { type DemoPlan, planDemo } from "./demo_plan.ts";
import { DemoRegion } from "./demo_region.ts";
import { endedText, introduction } from "./demo_text.ts";
import { Keeper } from "./keeper.ts";
import { Traffic } from "./traffic.ts";

/** `fproxy region demo`: a whole region on this machine, with traffic, until Ctrl-C. */
export function demoCommand(io: Io): Command {
  return new Command("demo")
    .description("Runs a whole region on this machine, with traffic through it; needs nats-server")
    .action(async () => {
      Deno.exitCode = await demo(io);
    });
}

/** @returns exit code: 0 after a signal, 1 where something cannot be started. */
async function demo(io: Io): Promise<number> {
  const obstacle = await obstacleOf();
  if (obstacle !== null) {
    io.stderr(`demo: ${obstacle}\n`);
    return 1;
  }
  return await untilSignal(async (signal) => {
    const dir = await Deno.makeTempDir({ prefix: "fproxy_demo_" });
    const keeper = new Keeper(dir);
    try {
      return await show(planDemo(dir, selfCommand()), io, signal);
    } catch (error) {
      io.stderr(`demo: ${errorMessage(error)}\n`);
      return 1;
    } finally {
      await Deno.remove(dir, { recursive: true });
      await keeper.dismiss();
    }
  });
}

async function show(plan: DemoPlan, io: Io, signal: AbortSignal): Promise<number> {
  const askFor = (address: string): Promise<string> => ask(address, false);
  const region = new DemoRegion({
    plan,
    tell: (text) => io.stdout(text),
    onEnd: (child, end) => io.stdout(endedText(plan, child, end)),
    ask: askFor,
  });
  try {
    // Who does not want to wait until all is there need not.
    await Promise.race([region.start(), aborted(signal)]);
    if (!signal.aborted) {
      io.stdout(introduction(plan, (name) => region.pidOf(name)));
      await new Traffic({
        clock: systemClock,
        fronts: plan.fronts.map(({ name, appPorts }) => ({
          name,
          addresses: appPorts.map((port) => `127.0.0.1:${port}`),
        })),
        ask: askFor,
        tell: (line) => io.stdout(`${line}\n`),
      }).run(signal);
    }
    io.stdout("Ending all of it ...\n");
    return 0;
  } finally {
    await region.close();
  }
}

/** Why there can be no demonstration here; null where there can. */
async function obstacleOf(): Promise<string | null> {
  if (Deno.build.os !== "linux") return "it runs on Linux alone";
  try {
    await new Deno.Command("nats-server", { args: ["--version"], stdout: "null", stderr: "null" }).output();
    return null;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "there is no nats-server on the PATH: the package nats-server of Debian and Ubuntu has it " +
      "(apt-get install nats-server), and https://docs.nats.io for other systems";
  }
}
