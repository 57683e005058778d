import { Command } from "commander";
import type { HostPort } from "../model/host_port.ts";
import { formatHostPort } from "../model/address.ts";
import {
  type BalancerOptions,
  type CheckedReply,
  checkReplies,
  spreadReplies,
  type SpreadReport,
} from "../tools/balancer.ts";
import { describeFailure, FAILURES } from "../tools/failure.ts";
import { countArgument } from "./arguments.ts";
import { type Bar, barChart, type Canvas } from "./drawing/bar_chart.ts";
import { factList } from "./drawing/fact_list.ts";
import { formatCount } from "./drawing/figures.ts";
import { painter } from "./drawing/paint.ts";
import { clip, printable } from "./drawing/printable.ts";
import { ProgressLine } from "./drawing/progress_line.ts";
import { isWritten, tellIdleFlags } from "./idle_flags.ts";
import type { Io } from "./io.ts";
import { escapesOption, readText } from "./request_data.ts";
import {
  addressArgument,
  durationOption,
  lineColumns,
  noColorOption,
  timeoutOption,
  usageError,
} from "./test_options.ts";
import { untilSignal } from "./until_signal.ts";

interface BalancerFlags {
  readonly data: string;
  readonly expect?: string;
  readonly count?: number;
  readonly separator: string;
  readonly halfClose: boolean;
  readonly quiet: number;
  readonly timeout: number;
  readonly escapes: boolean;
}

const DEFAULT_COUNT = 100;
/** Distinct replies that get a bar of their own. */
const MAX_BARS = 20;
/** Longest text of a reply in a line. */
const MAX_TEXT_COLUMNS = 60;

/** `fproxy test balancer`: compares replies with what is expected, or shows how they spread over the targets. */
export function balancerCommand(io: Io): Command {
  const command = new Command("balancer")
    .description("Sends each text on a connection of its own; checks the replies, or shows how they spread")
    .addArgument(addressArgument())
    .option("-d, --data <list>", "what to send, separated by commas", "ping")
    .option("-e, --expect <list>", "the reply to each, separated by commas")
    .option(
      "-n, --count <number>",
      `requests, going round the data, without --expect (default: ${DEFAULT_COUNT})`,
      countArgument(1, 1e9),
    )
    .option("--separator <text>", "what separates the texts of a list", ",")
    .option("--no-half-close", "leaves the connection open after the data, instead of sending a FIN")
    .addOption(durationOption("--quiet <duration>", "a reply also ends when nothing came for this long", 200))
    .addOption(timeoutOption())
    .addOption(escapesOption())
    .addOption(noColorOption());
  return command.action(async (target: HostPort, flags: BalancerFlags) => {
    Deno.exitCode = await runBalancer(target, flags, command, io);
  });
}

async function runBalancer(
  target: HostPort,
  flags: BalancerFlags,
  command: Command,
  io: Io,
): Promise<number> {
  if (flags.separator === "") usageError(command, "--separator must not be empty");
  const isIdle = !isWritten(command, "data") && flags.expect === undefined;
  const because = "neither --data nor --expect is given";
  tellIdleFlags(command, io, [
    { flag: "separator", name: "--separator", isIdle, because },
    { flag: "escapes", name: "--escapes", isIdle, because },
  ]);
  const list = (texts: string): Uint8Array[] =>
    texts.split(flags.separator).map((text) => readText(command, text, flags.escapes));
  const data = list(flags.data);
  const options = (signal: AbortSignal): BalancerOptions => ({
    target,
    until: { quietMs: flags.quiet, halfClose: flags.halfClose },
    timeoutMs: flags.timeout,
    signal,
  });
  if (flags.expect !== undefined) {
    const expected = list(flags.expect);
    if (flags.count !== undefined) usageError(command, "--count and --expect exclude each other");
    if (data.length !== expected.length) {
      usageError(
        command,
        `--data has ${data.length} texts but --expect has ${expected.length}: give one for each`,
      );
    }
    const report = await untilSignal((signal) =>
      checkReplies(options(signal), data, expected, (checked) => showChecked(io, checked))
    );
    const rest = report.done < data.length ? `, ${data.length - report.done} not sent: stopped` : "";
    io.stdout(`${report.matched} of ${report.done} replies as expected${rest}\n`);
    return report.matched === data.length ? 0 : 1;
  }
  const count = flags.count ?? DEFAULT_COUNT;
  const progress = new ProgressLine(io);
  const report = await untilSignal((signal) =>
    spreadReplies(options(signal), data, count, (done) => {
      progress.draw(done / count, `${formatCount(done)} of ${formatCount(count)}`);
    })
  );
  progress.clear();
  showSpread(io, formatHostPort(target.host, target.port), count, report);
  return report.done === count && report.failures.length === 0 ? 0 : 1;
}

function showChecked(io: Io, { data, expected, reply, failure }: CheckedReply): void {
  const paint = painter(io.color);
  const text = (bytes: Uint8Array): string => `"${printable(bytes, MAX_TEXT_COLUMNS)}"`;
  const line = failure === null
    ? `${text(data)} -> ${text(reply)}`
    : failure.kind === "wrong_reply"
    ? `${text(data)} -> ${text(reply)}, expected ${text(expected)}`
    : `${text(data)}: ${describeFailure(failure)}`;
  const mark = failure === null ? paint("good", "ok  ") : paint("bad", "FAIL");
  io.stdout(`${mark}  ${clip(line, lineColumns(io) - 6)}\n`);
}

function showSpread(io: Io, name: string, count: number, { done, replies, failures }: SpreadReport): void {
  const canvas: Canvas = { columns: io.columns, paint: painter(io.color) };
  const stopped = done < count ? `, stopped before the other ${formatCount(count - done)}` : "";
  const facts = [
    { label: "Target", value: name },
    { label: "Requests", value: `${formatCount(done)}${stopped}` },
    { label: "Replies", value: `${formatCount(replies.length)} different` },
  ];
  io.stdout(`${factList(facts, canvas)}\n`);
  const bars: Bar[] = replies.slice(0, MAX_BARS).map(({ reply, count }) => ({
    label: printable(reply, MAX_TEXT_COLUMNS),
    count,
  }));
  const rest = replies.slice(MAX_BARS);
  if (rest.length > 0) {
    bars.push({ label: `(${rest.length} others)`, count: rest.reduce((sum, { count }) => sum + count, 0) });
  }
  for (const { kind, count } of failures) {
    bars.push({ label: `failed: ${FAILURES[kind]}`, count, tone: "bad" });
  }
  io.stdout(barChart(bars, canvas));
}
