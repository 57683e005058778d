import { type Clock, systemClock } from "../../base/clock.ts";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import type { Connection } from "../../tools/exchange.ts";
import { openAdmin } from "./admin_client.ts";
import type { AdminAccess } from "./admin_options.ts";
import { refused, unreachable } from "./api_client.ts";

/** One server-sent event of the admin server (HTML Living Standard, section 9.2). */
export interface AdminEvent {
  /** Empty where it has none. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** What is followed. */
export interface StreamOptions {
  readonly path: string;
  /** Id of the event that was seen last; empty for none. */
  readonly lastEventId?: string;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** Whether the server may end it; false unless given: then that is a failure. */
  readonly ends?: boolean;
  /** Source of time; the machine's own unless given. */
  readonly clock?: Clock;
}

/** The head of an answer has to be here within this time. */
const HEAD_TIMEOUT_MS = 10_000;
/** A server that says nothing for so long is gone: a line without meaning comes more often. */
const SILENCE_MS = 40_000;
const READ_BYTES = 64 * 1024;
/** Of an answer that is no stream. */
const MAX_PROBLEM_CHARACTERS = 64 * 1024;

/**
 * Events from the admin server as they come, until the signal is aborted or the server ends. The first one is `open`, without
 * data: the server answers.
 * @throws {FproxyError} code `admin`, in words for people; retryable where the server does not answer, or not any more.
 */
export async function* adminEvents(access: AdminAccess, options: StreamOptions): AsyncGenerator<AdminEvent> {
  const { signal, ends = false, clock = systemClock } = options;
  const ended = new AbortController();
  const end = (): void => ended.abort();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  let cancel = clock.timer(HEAD_TIMEOUT_MS, end);
  try {
    const chunks = read(access, options, ended.signal);
    let text = "";
    let isStream = false;
    for await (const chunk of chunks) {
      text += chunk;
      if (!isStream) {
        const rest = bodyOf(access, text);
        if (rest === null) continue;
        isStream = true;
        text = rest;
        yield { id: "", event: "open", data: "" };
      }
      cancel();
      cancel = clock.timer(SILENCE_MS, end);
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event !== null) yield event;
      }
    }
    if (!isStream && text !== "") throw refused(access, answerOf(access, text));
    if (signal.aborted || isStream && ends) return;
    throw unreachable(access, isStream ? "it has ended the connection" : "no answer");
  } finally {
    cancel();
    signal.removeEventListener("abort", end);
    end();
  }
}

/** Text as it comes, until the other side ends or the signal is aborted. */
async function* read(
  access: AdminAccess,
  { path, lastEventId = "" }: StreamOptions,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { address, token, certificates } = access;
  const fields = lastEventId === "" ? {} : { "Last-Event-ID": lastEventId };
  let connection: Connection | null = null;
  const close = (): void => {
    try {
      connection?.close();
    } catch {
      // What ended it has closed it.
    }
    connection = null;
  };
  signal.addEventListener("abort", close);
  try {
    connection = await openAdmin(address, { path, token, certificates, fields }, signal);
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(READ_BYTES);
    while (!signal.aborted) {
      const count = await connection.read(buffer);
      if (count === null) return;
      yield decoder.decode(buffer.subarray(0, count), { stream: true });
    }
  } catch (error) {
    if (signal.aborted || error instanceof FproxyError) return;
    throw unreachable(access, errorMessage(error));
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

/** What stands behind the head of a stream; null while it is not whole, or is an answer of another kind. */
function bodyOf(access: AdminAccess, text: string): string | null {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0 && text.length > MAX_PROBLEM_CHARACTERS) throw unreachable(access, "the answer is not HTTP");
  if (end < 0 || answerOf(access, text).status !== 200) return null;
  return text.slice(end + 4);
}

function answerOf(access: AdminAccess, text: string): { readonly status: number; readonly text: string } {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
  if (status === undefined) {
    throw unreachable(access, "the answer is not HTTP: is this the admin server's address?");
  }
  const end = text.indexOf("\r\n\r\n");
  return { status: Number(status), text: end < 0 ? "" : text.slice(end + 4) };
}

/** Null for blocks without data. */
function parseEvent(block: string): AdminEvent | null {
  let id = "";
  let event = "";
  let data: string | null = null;
  for (const line of block.split("\n")) {
    const colon = line.indexOf(": ");
    const value = line.slice(colon + 2);
    if (line.startsWith("data:")) data = value;
    else if (line.startsWith("id:")) id = value;
    else if (line.startsWith("event:")) event = value;
  }
  return data === null ? null : { id, event, data };
}
