import { type CodecError, type CodecErrorCode, RESPONSE_ERRORS } from "./codec_error.ts";
import { FAILED, NEED_MORE } from "./field_section.ts";
import { HttpEvent } from "./http_event.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "./http_limits.ts";
import { MessageParser, Phase } from "./message_parser.ts";
import { ResponseHead } from "./response_head.ts";

/** What a response depends on in its request. */
export interface RequestTraits {
  /** The request was a HEAD: no body follows whatever the response's fields say. */
  readonly toHead: boolean;
  /** The request asked for another protocol: a 101 may come. */
  readonly upgrade: boolean;
}

/**
 * Parser of the responses on one connection to an endpoint: `head` for each interim response (status below 200) and
 * then for the final one, `body` any number of times, `trailers` at most once, `end`; after a 101 `upgraded`. All
 * errors have status 502. Bytes that come after `end` belong to no request: the connection is not to be used again.
 */
export class ResponseParser extends MessageParser {
  /** The response's head, after `head` and until the next `head` or `begin()`. */
  readonly head: ResponseHead;
  readonly #maxInterim: number;
  #interim = 0;
  #toHead = false;
  #upgrade = false;
  #headDone = false;

  /**
   * @param takesBareLf lines of heads may end in LF alone (RFC 9112 section 2.2). Chunk sizes and trailers may not: where
   * one chunk ends decides where the next response begins, and no legacy server is known to write those.
   */
  constructor(limits: HttpLimits = DEFAULT_HTTP_LIMITS, takesBareLf = false) {
    super(limits);
    this.head = new ResponseHead(limits, takesBareLf);
    this.#maxInterim = limits.maxInterimResponses;
  }

  /**
   * Forgets the last response and expects that to the request just sent. To be called before the first response too;
   * within a response it is an error for ever.
   */
  begin(request: RequestTraits): void {
    const idle = this.phase === Phase.head && this.head.isEmpty && this.#interim === 0;
    if (!idle && !this.complete) return void this.fail("truncated_body");
    this.phase = Phase.head;
    this.#interim = 0;
    this.#toHead = request.toHead;
    this.#upgrade = request.upgrade;
    this.#headDone = false;
    this.head.reset();
  }

  /** True when the end of the body is the end of the connection: whether it is whole cannot be known. */
  get closeDelimited(): boolean {
    return this.head.framing === "close";
  }

  /** True, after `end`, when the connection may carry another request. */
  get reusable(): boolean {
    return this.complete && !this.closeDelimited && this.head.persistent && !this.head.announcesForbiddenBody;
  }

  /**
   * The endpoint sends no more: `end` for a whole response, else `error` with code `no_response` (not a byte of it),
   * `truncated_head` or `truncated_body`.
   */
  finish(): HttpEvent {
    if (this.phase === Phase.body) return this.finishBody();
    if (this.phase === Phase.failed) return HttpEvent.error;
    if (this.phase === Phase.upgraded) return HttpEvent.upgraded;
    return this.fail(this.head.isEmpty && this.#interim === 0 ? "no_response" : "truncated_head");
  }

  protected override parseHead(bytes: Uint8Array, at: number): HttpEvent {
    const head = this.head;
    this.position = at;
    if (at === bytes.length) return HttpEvent.needMore;
    if (this.#headDone) {
      this.#headDone = false;
      head.reset();
    }
    const to = head.open(bytes, at);
    const next = head.scan(to, this.#toHead);
    if (next === NEED_MORE) {
      head.suspend(to);
      this.position = bytes.length;
      return HttpEvent.needMore;
    }
    if (next === FAILED) return this.fail(head.errorCode);
    this.position = at + head.taken(next);
    return this.#headComplete();
  }

  protected override errorOf(code: CodecErrorCode): CodecError {
    return RESPONSE_ERRORS[code];
  }

  #headComplete(): HttpEvent {
    const head = this.head;
    if (!head.interim) {
      this.phase = Phase.body;
      this.body.begin(head.framing, head.contentLength);
      return HttpEvent.head;
    }
    if (head.status === 101) {
      if (!this.#upgrade) return this.fail("unexpected_switch");
      this.phase = Phase.upgraded;
      return HttpEvent.head;
    }
    if (++this.#interim > this.#maxInterim) return this.fail("too_many_interim");
    this.#headDone = true;
    return HttpEvent.head;
  }
}
