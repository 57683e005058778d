import { Command } from "commander";
import { formatAddress, formatHostPort } from "../model/address.ts";
import type { HostPort } from "../model/host_port.ts";
import type { ExchangeResult } from "../tools/exchange.ts";
import { describeFailure } from "../tools/failure.ts";
import { ping, type PingReport } from "../tools/ping.ts";
import { countArgument, sizeArgument } from "./arguments.ts";
import { formatCount, formatShare, formatTime } from "./drawing/figures.ts";
import { painter } from "./drawing/paint.ts";
import { clip, printable } from "./drawing/printable.ts";
import { type Fact, factList } from "./drawing/fact_list.ts";
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

interface PingFlags {
  readonly data: string;
  readonly expect?: string;
  readonly replySize?: number;
  readonly count: number;
  readonly interval: number;
  readonly timeout: number;
  readonly escapes: boolean;
}

/** Most of a reply that is shown in full, columns. */
const MAX_REPLY_COLUMNS = 2000;

/** `fproxy test ping`: sends data, waits for the reply, and shows how long each part took. */
export function pingCommand(io: Io): Command {
  const command = new Command("ping")
    .description("Sends data on a new connection, waits for the reply, and shows the times")
    .addArgument(addressArgument())
    .option("-d, --data <text>", "what to send", "ping")
    .option("-e, --expect <text>", "what the reply must be")
    .option("--reply-size <size>", "bytes to wait for, if not as many as were sent", sizeArgument)
    .option(
      "-n, --count <number>",
      "requests, one after the other; 0 goes on until Ctrl-C",
      countArgument(0, 1e9),
      1,
    )
    .addOption(durationOption("-i, --interval <duration>", "from the start of one to the next", 1000))
    .addOption(timeoutOption())
    .addOption(escapesOption())
    .addOption(noColorOption());
  return command.action(async (target: HostPort, flags: PingFlags) => {
    Deno.exitCode = await runPing(target, flags, command, io);
  });
}

async function runPing(target: HostPort, flags: PingFlags, command: Command, io: Io): Promise<number> {
  if (flags.expect !== undefined && flags.replySize !== undefined) {
    usageError(command, "--expect and --reply-size exclude each other");
  }
  const data = readText(command, flags.data, flags.escapes);
  const expected = flags.expect === undefined ? null : readText(command, flags.expect, flags.escapes);
  const replyBytes = expected?.length ?? flags.replySize ?? data.length;
  const name = formatHostPort(target.host, target.port);
  const isSingle = flags.count === 1;
  tellIdleFlags(command, io, [
    { flag: "interval", name: "--interval", isIdle: isSingle, because: "one request is sent, see --count" },
    {
      flag: "escapes",
      name: "--escapes",
      isIdle: !isWritten(command, "data") && !isWritten(command, "expect"),
      because: "neither --data nor --expect is given",
    },
  ]);
  if (!isSingle) io.stdout(`${name}: ${data.length} bytes, ${replyBytes} to come back\n`);
  const report = await untilSignal((signal) =>
    ping({
      target,
      data,
      replyBytes,
      expected,
      count: flags.count,
      intervalMs: flags.interval,
      timeoutMs: flags.timeout,
      signal,
      onResult: (sequence, result) =>
        isSingle ? showSingle(io, name, result) : showLine(io, sequence, result),
    })
  );
  if (isSingle) {
    if (report.interrupted) io.stderr(`ping ${name}: stopped before the reply was complete\n`);
  } else {
    // After Ctrl-C a terminal stands behind its echo of it.
    if (io.isTerminal && (report.interrupted || flags.count === 0)) io.stdout("\n");
    showSummary(io, name, report);
  }
  return report.interrupted || report.answered < report.sent || report.sent === 0 ? 1 : 0;
}

function showSingle(io: Io, name: string, { reply, times, failure }: ExchangeResult): void {
  const rows: Fact[] = [];
  const add = (label: string, ms: number | null): void => {
    if (ms !== null) rows.push({ label, value: formatTime(ms) });
  };
  if (reply.length > 0 || failure === null) {
    rows.push({ label: "Response", value: printable(reply, MAX_REPLY_COLUMNS) });
  }
  add("Dial time", times.dialMs);
  add("Write time", times.writeMs);
  if (failure === null) {
    add("Read time", times.readMs);
    add("Response time", times.responseMs);
  }
  io.stdout(factList(rows, { columns: lineColumns(io), paint: painter(io.color) }));
  if (failure !== null) io.stderr(`ping ${name}: ${describeFailure(failure)}\n`);
}

/** The most telling parts come first: a narrow terminal loses those at the end. */
function showLine(io: Io, sequence: number, { reply, remote, times, failure }: ExchangeResult): void {
  const paint = painter(io.color);
  const number = `${sequence}  `;
  const room = lineColumns(io) - number.length;
  if (failure !== null) {
    const kept = reply.length === 0 ? "" : `: ${printable(reply, room)}`;
    return io.stdout(`${number}${paint("bad", clip(`failed: ${describeFailure(failure)}${kept}`, room))}\n`);
  }
  const parts = [
    `${formatTime(times.responseMs ?? 0)}`,
    `${printable(reply, 40)}`,
    `dial ${formatTime(times.dialMs ?? 0)}`,
    `write ${formatTime(times.writeMs ?? 0)}`,
    `read ${formatTime(times.readMs ?? 0)}`,
    remote === null ? "" : `from ${formatAddress(remote)}`,
  ];
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line}  ${part}`;
    if ([...longer].length > room) break;
    line = longer;
  }
  io.stdout(`${number}${line}\n`);
}

function showSummary(io: Io, name: string, { sent, answered, response }: PingReport): void {
  const lost = sent - answered;
  const loss = `${formatShare(lost, sent)} lost`;
  const paint = painter(io.color);
  io.stdout(`--- ${name} ---\n`);
  io.stdout(
    `${formatCount(sent)} sent, ${formatCount(answered)} answered, ${lost > 0 ? paint("bad", loss) : loss}\n`,
  );
  if (answered === 0) return;
  const { minMs, meanMs, maxMs, percentilesMs } = response;
  const [min, avg, max, p99] = [minMs, meanMs, maxMs, percentilesMs["p99"] ?? maxMs].map(formatTime);
  io.stdout(`response min ${min}, avg ${avg}, max ${max}, p99 ${p99}\n`);
}
