import { CR, LF } from "./chars.ts";
import { type CodecError, type CodecErrorCode, REQUEST_ERRORS } from "./codec_error.ts";
import { FAILED, NEED_MORE } from "./field_section.ts";
import { HttpEvent } from "./http_event.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "./http_limits.ts";
import { MessageParser, Phase } from "./message_parser.ts";
import { RequestHead } from "./request_head.ts";

/** Empty lines before a request that are skipped: old clients send one after a body (RFC 9112 section 2.2). */
const MAX_BLANK_LINES = 4;
/** The line that ends a head. */
const END_BYTES = 2;

/**
 * Parser of the requests on one client connection: `head`, then `body` any number of times, `trailers` at most once,
 * `end`; after `begin()` the next request. It is as strict as RFC 9112 lets a server be: whatever two readers could
 * understand in two ways is an error, with the status to answer; the connection must then be closed.
 */
export class RequestParser extends MessageParser {
  /** The request's head, after `head` and until `begin()`. */
  readonly head: RequestHead;
  #blankLines = 0;
  #carriageReturn = false;

  constructor(limits: HttpLimits = DEFAULT_HTTP_LIMITS) {
    super(limits);
    this.head = new RequestHead(limits);
  }

  /** Forgets the request, after `end`, and expects the next one. Before `end` it is an error for ever. */
  begin(): void {
    if (!this.complete) return void this.fail("truncated_body");
    this.phase = Phase.head;
    this.#blankLines = 0;
    this.head.retire();
  }

  /** The connection has ended: gives memory back. Nothing may be parsed any more. */
  release(): void {
    this.head.release();
    this.body.release();
  }

  /**
   * The client sends no more: `needMore` between two requests, `end` after a whole one, else `error` with code
   * `truncated_head` or `truncated_body`. A request is never delimited by close.
   */
  finish(): HttpEvent {
    if (this.phase === Phase.body) return this.finishBody();
    if (this.phase === Phase.failed) return HttpEvent.error;
    return this.head.isEmpty ? HttpEvent.needMore : this.fail("truncated_head");
  }

  protected override parseHead(bytes: Uint8Array, at: number): HttpEvent {
    const head = this.head;
    if (head.isEmpty) at = this.#skipBlankLines(bytes, at);
    this.position = at;
    if (head.isEmpty) {
      if (at === bytes.length) return HttpEvent.needMore;
      if (this.#carriageReturn) return this.fail("bare_cr");
      if (this.#blankLines > MAX_BLANK_LINES) return this.fail("too_many_blank_lines");
    }
    if (head.recurs(bytes, at)) return this.#headIs(at + head.fieldsEnd + END_BYTES);
    const to = head.open(bytes, at);
    const next = head.scan(to);
    if (next === NEED_MORE) {
      head.suspend(to);
      this.position = bytes.length;
      return HttpEvent.needMore;
    }
    if (next === FAILED) return this.fail(head.errorCode);
    return this.#headIs(at + head.taken(next));
  }

  #headIs(position: number): HttpEvent {
    this.position = position;
    this.phase = Phase.body;
    this.body.begin(this.head.framing, this.head.contentLength);
    return HttpEvent.head;
  }

  protected override errorOf(code: CodecErrorCode): CodecError {
    return REQUEST_ERRORS[code];
  }

  #skipBlankLines(bytes: Uint8Array, at: number): number {
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.#carriageReturn) {
        if (byte !== LF) return at;
        this.#carriageReturn = false;
        if (++this.#blankLines > MAX_BLANK_LINES) return at;
      } else if (byte === CR) this.#carriageReturn = true;
      else return at;
    }
    return at;
  }
}
