import type { HostPort } from "../model/host_port.ts";
import { exchange, type ExchangeResult, type ReplyEnd } from "./exchange.ts";
import type { Failure, FailureKind } from "./failure.ts";
import { matchReply } from "./match_reply.ts";

/** Where to send, and how a reply ends. */
export interface BalancerOptions {
  readonly target: HostPort;
  readonly until: ReplyEnd;
  /** For each request, milliseconds. */
  readonly timeoutMs: number;
  /** Ends it early: the request under way is given up and not counted. */
  readonly signal: AbortSignal;
}

/** One request of {@link checkReplies}. */
export interface CheckedReply {
  readonly data: Uint8Array;
  readonly expected: Uint8Array;
  readonly reply: Uint8Array;
  /** Null when the reply is the expected one. */
  readonly failure: Failure | null;
}

/** What {@link checkReplies} found. */
export interface CheckReport {
  /** Requests that were answered or failed. */
  readonly done: number;
  /** Of these, with the expected reply. */
  readonly matched: number;
}

/**
 * Sends each of `data` on a connection of its own, one after the other, and compares its reply with the one of
 * `expected` at the same place. `onReply` is called after each.
 * @throws {RangeError} when the lists differ in length.
 */
export async function checkReplies(
  options: BalancerOptions,
  data: readonly Uint8Array[],
  expected: readonly Uint8Array[],
  onReply: (checked: CheckedReply) => void,
): Promise<CheckReport> {
  if (data.length !== expected.length) {
    throw new RangeError(`${data.length} to send but ${expected.length} expected: give one reply for each`);
  }
  let done = 0;
  let matched = 0;
  for (const [index, wanted] of expected.entries()) {
    if (options.signal.aborted) break;
    const sent = data[index] ?? new Uint8Array(0);
    const result = await send(options, sent);
    if (result.failure?.kind === "interrupted") break;
    const failure = result.failure ?? matchReply(result.reply, wanted);
    done += 1;
    if (failure === null) matched += 1;
    onReply({ data: sent, expected: wanted, reply: result.reply, failure });
  }
  return { done, matched };
}

/** How replies spread over the targets. */
export interface SpreadReport {
  /** Requests that were answered or failed. */
  readonly done: number;
  /** Each distinct reply with its count, most frequent first. */
  readonly replies: readonly { readonly reply: Uint8Array; readonly count: number }[];
  /** Requests without a reply, by kind, most frequent first. */
  readonly failures: readonly { readonly kind: FailureKind; readonly count: number }[];
}

/**
 * Sends `count` requests, each on a connection of its own, one after the other, going round `data`, and counts the
 * distinct replies. `onProgress` is called after each with the number done.
 */
export async function spreadReplies(
  options: BalancerOptions,
  data: readonly Uint8Array[],
  count: number,
  onProgress: (done: number) => void,
): Promise<SpreadReport> {
  const replies = new Map<string, { reply: Uint8Array; count: number }>();
  const failures = new Map<FailureKind, { kind: FailureKind; count: number }>();
  let done = 0;
  while (done < count && !options.signal.aborted) {
    const { reply, failure } = await send(options, data[done % data.length] ?? new Uint8Array(0));
    if (failure?.kind === "interrupted") break;
    done += 1;
    if (failure === null) tally(replies, latin1(reply), { reply, count: 0 });
    else tally(failures, failure.kind, { kind: failure.kind, count: 0 });
    onProgress(done);
  }
  return { done, replies: sorted(replies), failures: sorted(failures) };
}

function send(
  { target, until, timeoutMs, signal }: BalancerOptions,
  data: Uint8Array,
): Promise<ExchangeResult> {
  return exchange({ target, data, until, timeoutMs, signal });
}

function tally<K, V extends { count: number }>(counts: Map<K, V>, key: K, fresh: V): void {
  const entry = counts.get(key) ?? fresh;
  entry.count += 1;
  counts.set(key, entry);
}

function sorted<V extends { count: number }>(counts: Map<unknown, V>): V[] {
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

/** A key that keeps every byte apart, valid UTF-8 or not. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
