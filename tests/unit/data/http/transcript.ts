import assert from "node:assert/strict";
import { HttpEvent } from "../../../../src/data/http/codec/http_event.ts";
import { latin1, latin1Bytes } from "../../../../src/data/http/codec/latin1.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../../../src/data/http/codec/http_limits.ts";
import type { MessageParser } from "../../../../src/data/http/codec/message_parser.ts";
import { RequestParser } from "../../../../src/data/http/codec/request_parser.ts";
import { type RequestTraits, ResponseParser } from "../../../../src/data/http/codec/response_parser.ts";

/** What a parser told, as plain data: neighbouring body parts are joined, so that splits can be compared. */
export type Told = readonly (readonly [event: string, ...facts: unknown[]])[];

/** How a message is to be read. */
export interface ReadOptions {
  readonly limits?: HttpLimits;
  /** Chunked bodies with their framing. */
  readonly wire?: boolean;
  /** Requests only: their heads are kept, as the proxy does, so that a parser may know them again. */
  readonly keep?: boolean;
  /** The peer closes after the bytes. */
  readonly close?: boolean;
  /** Responses only. */
  readonly request?: RequestTraits;
  /** Responses only: lines of heads may end in LF alone. */
  readonly takesBareLf?: boolean;
}

const PLAIN: RequestTraits = { toHead: false, upgrade: false };

/** Bytes of a string, and the same bytes cut at the places given. */
export function pieces(raw: string, cuts: readonly number[]): Uint8Array[] {
  const bytes = latin1Bytes(raw);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length));
}

/** Reads all requests in the pieces, one after another. */
export function readRequests(parts: readonly Uint8Array[], options: ReadOptions = {}): Told {
  const parser = new RequestParser(options.limits ?? DEFAULT_HTTP_LIMITS);
  const told: unknown[][] = [];
  const next = (): boolean => {
    parser.begin();
    return true;
  };
  const facts = (): unknown[] => {
    if (options.keep === true) parser.head.keep();
    const { method, target, form, authority, minorVersion, framing, contentLength, persistent } = parser.head;
    return [
      method,
      target,
      form,
      authority,
      minorVersion,
      framing,
      contentLength,
      persistent,
      parser.head.entries(),
    ];
  };
  read(parser, parts, told, facts, next, options);
  return told as unknown as Told;
}

/** Reads the response to one request. */
export function readResponse(parts: readonly Uint8Array[], options: ReadOptions = {}): Told {
  const parser = new ResponseParser(options.limits ?? DEFAULT_HTTP_LIMITS, options.takesBareLf);
  parser.begin(options.request ?? PLAIN);
  const told: unknown[][] = [];
  const facts = (): unknown[] => {
    const { status, reason, minorVersion, framing, contentLength, persistent } = parser.head;
    return [status, reason, minorVersion, framing, contentLength, persistent, parser.head.entries()];
  };
  read(parser, parts, told, facts, () => false, options);
  return told as unknown as Told;
}

function read(
  parser: MessageParser,
  parts: readonly Uint8Array[],
  told: unknown[][],
  facts: () => unknown[],
  next: () => boolean,
  options: ReadOptions,
): void {
  const room = new Uint8Array(parts.reduce((most, part) => Math.max(most, part.length), 0) + 8);
  let ended = false;
  for (const part of parts) {
    // The same memory each time, at another place and overwritten in between, as an engine may do it.
    const at = told.length % 5;
    room.set(part, at);
    ended ||= readPart(parser, room.subarray(at, at + part.length), told, facts, next, options);
    room.fill(0xee);
  }
  if (options.close !== true || ended) return;
  note(
    parser,
    parser instanceof RequestParser || parser instanceof ResponseParser ? parser.finish() : 0,
    told,
    facts,
  );
}

/** Returns true when the parser wants no more bytes. */
function readPart(
  parser: MessageParser,
  bytes: Uint8Array,
  told: unknown[][],
  facts: () => unknown[],
  next: () => boolean,
  options: ReadOptions,
): boolean {
  let at = 0;
  for (let calls = 0;; calls++) {
    assert.ok(calls < 4 * bytes.length + 16, "the parser loops");
    const event = parser.parse(bytes, at);
    assert.ok(
      parser.position >= at && parser.position <= bytes.length,
      "the position is outside of the bytes",
    );
    at = parser.position;
    note(parser, event, told, facts);
    if (event === HttpEvent.head && options.wire === true) parser.keepChunkFraming();
    if (event === HttpEvent.error || event === HttpEvent.upgraded) return true;
    if (event === HttpEvent.end && !next()) return true;
    if (event === HttpEvent.needMore) {
      assert.equal(at, bytes.length, "bytes were left though more are wanted");
      return false;
    }
  }
}

function note(parser: MessageParser, event: HttpEvent, told: unknown[][], facts: () => unknown[]): void {
  const last = told.at(-1);
  if (event === HttpEvent.head) told.push(["head", ...facts()]);
  else if (event === HttpEvent.body) {
    const data = latin1(parser.data, parser.dataStart, parser.dataEnd);
    assert.ok(data.length > 0, "an empty part of a body was told");
    if (last?.[0] === "body") last[1] += data;
    else told.push(["body", data]);
  } else if (event === HttpEvent.trailers) told.push(["trailers", parser.trailers?.entries()]);
  else if (event === HttpEvent.end) told.push(["end", parser.contentBytes]);
  else if (event === HttpEvent.upgraded) told.push(["upgraded"]);
  else if (event === HttpEvent.error) told.push(["error", parser.error?.code, parser.error?.status]);
}
