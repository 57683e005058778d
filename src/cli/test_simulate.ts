import { Command, Option } from "commander";
import { errorMessage } from "../base/errors.ts";
import { parseSize } from "../base/size.ts";
import { formatHostPort } from "../model/address.ts";
import type { HostPort } from "../model/host_port.ts";
import { findAddress } from "../tools/find_address.ts";
import type { LoadPlan } from "../tools/load_plan.ts";
import type { LoadProgress } from "../tools/load_stats.ts";
import { type EngineChoice, simulate } from "../tools/simulate.ts";
import { argument, countArgument, sizeArgument } from "./arguments.ts";
import { formatCount, formatTime } from "./drawing/figures.ts";
import { ProgressLine } from "./drawing/progress_line.ts";
import { tellIdleFlags } from "./idle_flags.ts";
import type { Io } from "./io.ts";
import { escapesOption, readText } from "./request_data.ts";
import { reportJson, reportText, type SimulateRun } from "./simulate_report.ts";
import { addressArgument, durationOption, noColorOption, timeoutOption, usageError } from "./test_options.ts";
import { untilSignal } from "./until_signal.ts";

interface SimulateFlags {
  readonly concurrency: number;
  readonly requests?: number;
  readonly duration?: number;
  readonly rate?: number;
  readonly keepAlive: boolean;
  readonly data?: string;
  readonly size?: number;
  readonly expect?: string;
  readonly expectEcho: boolean;
  readonly replySize?: number;
  readonly timeout: number;
  readonly engine: EngineChoice;
  readonly escapes: boolean;
  readonly json: boolean;
}

const DEFAULT_DATA = "hello world";
const MAX_SIZE_BYTES = 1024 ** 3;
/** What `--size` repeats. */
const FILLING = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `fproxy test simulate`: many requests at once, and what became of them. */
export function simulateCommand(io: Io): Command {
  const command = new Command("simulate")
    .description("Sends many requests at once and reports times, throughput and failures")
    .addArgument(addressArgument())
    .option("-c, --concurrency <number>", "requests under way at once", countArgument(1, 100_000), 50)
    .option("-n, --requests <number>", "requests in all (default: --concurrency)", countArgument(1, 1e12))
    .addOption(durationOption("--duration <duration>", "how long requests are started"))
    .option(
      "--rate <number>",
      "requests a second, started on time whatever the target does",
      countArgument(1, 1e6),
    )
    .option("-k, --keep-alive", "sends one request after the other on each connection", false)
    .option("-d, --data <text>", `what to send (default: "${DEFAULT_DATA}")`)
    .option("--size <size>", "sends that many bytes instead, as 64KiB", argument(dataSize))
    .option("-e, --expect <text>", "what each reply must be")
    .option("--expect-echo", "each reply must be what was sent", false)
    .option("--reply-size <size>", "bytes to wait for, if not as many as are sent", sizeArgument)
    .addOption(timeoutOption())
    .addOption(
      new Option("--engine <name>", "what moves the generator's bytes").choices(["auto", "deno", "epoll"])
        .default("auto"),
    )
    .addOption(escapesOption())
    .option("--json", "writes the report as JSON", false)
    .addOption(noColorOption());
  return command.action(async (target: HostPort, flags: SimulateFlags) => {
    Deno.exitCode = await runSimulate(target, flags, command, io);
  });
}

function dataSize(text: string): number {
  const bytes = parseSize(text);
  if (bytes < 1 || bytes > MAX_SIZE_BYTES) throw new RangeError(`"${text}" is out of range: 1 byte to 1GiB`);
  return bytes;
}

async function runSimulate(
  target: HostPort,
  flags: SimulateFlags,
  command: Command,
  io: Io,
): Promise<number> {
  const request = requestOf(flags, command);
  if (flags.rate !== undefined && flags.duration === undefined && flags.requests === undefined) {
    usageError(command, "--rate needs an end: give --duration or --requests");
  }
  tellIdleFlags(command, io, [{
    flag: "escapes",
    name: "--escapes",
    isIdle: flags.data === undefined && flags.expect === undefined,
    because: "neither --data nor --expect is given",
  }]);
  const name = formatHostPort(target.host, target.port);
  try {
    const plan: LoadPlan = {
      ...request,
      address: await findAddress(target, flags.timeout),
      concurrency: flags.concurrency,
      requests: flags.requests ?? (flags.duration === undefined ? flags.concurrency : 0),
      durationMs: flags.duration ?? 0,
      ratePerS: flags.rate ?? 0,
      keepAlive: flags.keepAlive,
      timeoutMs: flags.timeout,
    };
    const run: SimulateRun = { target: name, plan, ...await measure(plan, flags, io) };
    io.stdout(flags.json ? reportJson(run) : reportText(run, io));
    return isAllWell(run) ? 0 : 1;
  } catch (error) {
    io.stderr(`simulate ${name}: ${errorMessage(error)}\n`);
    return 1;
  }
}

/** The part of a plan that says what goes out and what must come back. */
function requestOf(
  flags: SimulateFlags,
  command: Command,
): Pick<LoadPlan, "data" | "replyBytes" | "expected"> {
  if (flags.data !== undefined && flags.size !== undefined) {
    usageError(command, "--data and --size exclude each other");
  }
  const replies = [flags.expect !== undefined, flags.expectEcho, flags.replySize !== undefined];
  if (replies.filter(Boolean).length > 1) {
    usageError(command, "--expect, --expect-echo and --reply-size exclude each other");
  }
  const data = flags.size === undefined
    ? readText(command, flags.data ?? DEFAULT_DATA, flags.escapes)
    : filling(flags.size);
  const expected = flags.expect === undefined
    ? (flags.expectEcho ? data : null)
    : readText(command, flags.expect, flags.escapes);
  const replyBytes = expected?.length ?? flags.replySize ?? data.length;
  if (flags.keepAlive && replyBytes === 0) {
    usageError(command, "--keep-alive needs replies of at least one byte, to tell one from the next");
  }
  return { data, replyBytes, expected };
}

function filling(bytes: number): Uint8Array {
  const pattern = new TextEncoder().encode(FILLING);
  return new Uint8Array(bytes).map((_, index) => pattern[index % pattern.length] ?? 0);
}

async function measure(
  plan: LoadPlan,
  flags: SimulateFlags,
  io: Io,
): Promise<Pick<SimulateRun, "summary" | "engine" | "interrupted">> {
  const line = new ProgressLine(io);
  let before: LoadProgress = { elapsedMs: 0, completed: 0, failed: 0 };
  try {
    return await untilSignal(async (signal) => {
      const { summary, engine } = await simulate({
        plan,
        engine: flags.engine,
        signal,
        onProgress: (progress) => {
          if (!flags.json) line.draw(shareOf(plan, progress), progressText(plan, before, progress));
          before = progress;
        },
      });
      return { summary, engine, interrupted: signal.aborted };
    });
  } finally {
    line.clear();
  }
}

function shareOf(plan: LoadPlan, { elapsedMs, completed, failed }: LoadProgress): number {
  const ofTime = plan.durationMs === 0 ? 0 : elapsedMs / plan.durationMs;
  const ofRequests = plan.requests === 0 ? 0 : (completed + failed) / plan.requests;
  return Math.max(ofTime, ofRequests);
}

function progressText(plan: LoadPlan, before: LoadProgress, now: LoadProgress): string {
  const stepS = Math.max(1, now.elapsedMs - before.elapsedMs) / 1000;
  const limit = plan.durationMs === 0
    ? `${formatCount(plan.requests)} requests`
    : formatTime(plan.durationMs);
  return [
    `of ${limit}`,
    `${formatCount((now.completed - before.completed) / stepS)}/s`,
    `${formatCount(now.failed)} failed`,
    `${formatCount(now.completed)} answered`,
  ].join("  ");
}

function isAllWell({ plan, interrupted, summary }: SimulateRun): boolean {
  return !interrupted && summary.failed === 0 && summary.completed > 0 &&
    (plan.durationMs > 0 || summary.completed === plan.requests);
}
