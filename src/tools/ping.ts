import { type Clock, systemClock } from "../base/clock.ts";
import type { HostPort } from "../model/host_port.ts";
import { exchange, type ExchangeResult } from "./exchange.ts";
import { matchReply } from "./match_reply.ts";
import { TimeStats, type TimeSummary } from "./time_stats.ts";

/** What to send, and how often. */
export interface PingOptions {
  readonly target: HostPort;
  readonly data: Uint8Array;
  /** Bytes that make a reply whole. */
  readonly replyBytes: number;
  /** What the reply must be; null where any will do. */
  readonly expected: Uint8Array | null;
  /** Requests in all, 0 until `signal`. */
  readonly count: number;
  /** From the start of one request to that of the next, milliseconds; a request that takes longer delays it. */
  readonly intervalMs: number;
  /** For each request, milliseconds. */
  readonly timeoutMs: number;
  /** Ends it early: the request under way is given up and not counted. */
  readonly signal: AbortSignal;
  /** Called after each request with its number, from 1. */
  onResult(sequence: number, result: ExchangeResult): void;
  /** Source of time; the machine's own unless given. */
  readonly clock?: Clock;
}

/** What all requests of a ping came to. */
export interface PingReport {
  readonly sent: number;
  readonly answered: number;
  /** Whether `signal` ended it before `count` was reached. */
  readonly interrupted: boolean;
  /** Response times of those answered. */
  readonly response: TimeSummary;
}

/** Sends the same request again and again, each on a connection of its own, one after the other. */
export async function ping(options: PingOptions): Promise<PingReport> {
  const { count, signal, clock = systemClock } = options;
  const stats = new TimeStats();
  let sent = 0;
  let answered = 0;
  while (!signal.aborted && (count === 0 || sent < count)) {
    const startedAt = clock.now();
    const result = await request(options);
    if (result.failure?.kind === "interrupted") break;
    sent += 1;
    if (result.failure === null && result.times.responseMs !== null) {
      answered += 1;
      stats.record(result.times.responseMs);
    }
    options.onResult(sent, result);
    if (count === 0 || sent < count) await rest(startedAt + options.intervalMs - clock.now(), clock, signal);
  }
  return { sent, answered, interrupted: count !== 0 && sent < count, response: stats.summary() };
}

async function request(
  { target, data, replyBytes, expected, timeoutMs, signal }: PingOptions,
): Promise<ExchangeResult> {
  const result = await exchange({ target, data, until: { bytes: replyBytes }, timeoutMs, signal });
  return { ...result, failure: result.failure ?? matchReply(result.reply, expected) };
}

/** Sleeps, but not past the signal. */
async function rest(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (delayMs <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      cancel();
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = clock.timer(delayMs, wake);
    signal.addEventListener("abort", wake);
  });
}
