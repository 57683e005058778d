import { MAX_ANSWER_BYTES } from "./expectation.ts";

/** The answer to a probe's request, as far as it came. */
export interface HttpReply {
  readonly status: number;
  /** Without the framing of chunks. */
  readonly body: Uint8Array;
  /** All of the body is there, by its own length. One without a length ends with the connection. */
  readonly isComplete: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?: [^\r\n]*)?$/;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,7})[ \t]*(?:;[^\r\n]*)?$/;
/** Statuses that have no body (RFC 9112 section 6.3). */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/**
 * Reads an answer of HTTP/1.1, of which only the status and the body count. Interim answers before it are passed over.
 * @param bytes all that came, one character each.
 * @returns null while the head is not complete.
 * @throws {RangeError} for what is no such answer.
 */
export function readHttpReply(bytes: Uint8Array, method: string): HttpReply | null {
  const text = new TextDecoder("latin1").decode(bytes);
  for (let at = 0;;) {
    const end = text.indexOf("\r\n\r\n", at);
    if (end < 0) {
      if (!"HTTP/1.".startsWith(text.slice(at, at + 7))) throw new RangeError("the answer is not HTTP/1.1");
      return null;
    }
    const [first = "", ...fields] = text.slice(at, end).split("\r\n");
    const status = Number(STATUS_LINE.exec(first)?.[1]);
    if (Number.isNaN(status)) throw new RangeError("the answer is not HTTP/1.1");
    at = end + 4;
    if (status < 200 && status !== 101) continue;
    if (method === "HEAD" || status === 101 || BODILESS.has(status)) {
      return { status, body: new Uint8Array(0), isComplete: true };
    }
    return { status, ...readBody(bytes.subarray(at), fields) };
  }
}

function readBody(rest: Uint8Array, fields: readonly string[]): Pick<HttpReply, "body" | "isComplete"> {
  if (/\bchunked\b/i.test(fieldOf(fields, "transfer-encoding") ?? "")) return readChunks(rest);
  const length = Number(fieldOf(fields, "content-length") ?? Infinity);
  const body = rest.subarray(0, Number.isNaN(length) ? rest.length : length);
  return { body, isComplete: rest.length >= length };
}

function fieldOf(fields: readonly string[], name: string): string | undefined {
  const found = fields.find((field) => field.toLowerCase().startsWith(`${name}:`));
  return found?.slice(name.length + 1).trim();
}

function readChunks(rest: Uint8Array): Pick<HttpReply, "body" | "isComplete"> {
  const text = new TextDecoder("latin1").decode(rest);
  const body = new Uint8Array(Math.min(rest.length, MAX_ANSWER_BYTES));
  let length = 0;
  for (let at = 0;;) {
    const end = text.indexOf("\r\n", at);
    if (end < 0) return { body: body.subarray(0, length), isComplete: false };
    const size = Number.parseInt(CHUNK_SIZE.exec(text.slice(at, end))?.[1] ?? "", 16);
    if (Number.isNaN(size)) throw new RangeError("the answer's chunks are broken");
    if (size === 0) return { body: body.subarray(0, length), isComplete: true };
    const piece = rest.subarray(end + 2, end + 2 + size);
    body.set(piece, length);
    length += piece.length;
    at = end + 2 + size + 2;
  }
}
