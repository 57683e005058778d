import { BodyReader } from "./body_reader.ts";
import type { CodecError, CodecErrorCode } from "./codec_error.ts";
import type { FieldSection } from "./field_section.ts";
import { HttpEvent } from "./http_event.ts";
import type { HttpLimits } from "./http_limits.ts";

/** Where a parser stands in its message. */
export const Phase = { head: 0, body: 1, failed: 2, upgraded: 3 } as const;

/**
 * What the request and the response parser share. A parser never reads or writes: the caller gives it bytes as they
 * come and calls {@link parse} again from {@link position} on, until it is told `needMore`, `end`, `error` or
 * `upgraded`. At `end` it stops: the bytes behind belong to the next message, after `begin()`. It never throws on
 * any bytes, and what it tells, taken together, does not depend on how they were split.
 */
export abstract class MessageParser {
  /** Index in the array given to {@link parse} after what was taken. */
  position = 0;
  /** What was wrong, after `error`. */
  error: CodecError | null = null;

  /** Where the parser stands: one of {@link Phase}. */
  protected phase: number = Phase.head;
  /** Reads the body. */
  protected readonly body: BodyReader;

  constructor(limits: HttpLimits) {
    this.body = new BodyReader(limits);
  }

  /** Array that the last `body` lies in, from {@link dataStart} to {@link dataEnd}; not always the caller's. */
  get data(): Uint8Array {
    return this.body.data;
  }

  /** Index in {@link data} of the last part's first byte. */
  get dataStart(): number {
    return this.body.dataStart;
  }

  /** Index in {@link data} after the last part. */
  get dataEnd(): number {
    return this.body.dataEnd;
  }

  /** Trailer fields, after `trailers` and until the next message; null where there are none. */
  get trailers(): FieldSection | null {
    return this.body.trailers;
  }

  /** Bytes of the body's content so far, chunk framing not counted. */
  get contentBytes(): number {
    return this.body.contentBytes;
  }

  /** True from the head on when no byte of a body is missing: `end` comes without more bytes. */
  get complete(): boolean {
    return this.phase === Phase.body && this.body.done;
  }

  /**
   * Asks, after the head and before the first part, for a chunked body with its framing: sizes and CRLFs as they can be
   * sent on, without extensions, the last chunk and trailers. So a chunked message passes through without being copied.
   */
  keepChunkFraming(): void {
    this.body.wire = true;
  }

  /** Takes bytes from index `at` on, up to the next event. */
  parse(bytes: Uint8Array, at: number): HttpEvent {
    switch (this.phase) {
      case Phase.head:
        return this.parseHead(bytes, at);
      case Phase.body: {
        const event = this.body.parse(bytes, at);
        this.position = this.body.position;
        return event === HttpEvent.error ? this.fail(this.body.errorCode) : event;
      }
      default:
        this.position = at;
        return this.phase === Phase.upgraded ? HttpEvent.upgraded : HttpEvent.error;
    }
  }

  /** Reads on in the head. */
  protected abstract parseHead(bytes: Uint8Array, at: number): HttpEvent;

  /** The error of that code, for the side that sent the message. */
  protected abstract errorOf(code: CodecErrorCode): CodecError;

  /** Ends the parser's work with an error. */
  protected fail(code: CodecErrorCode): HttpEvent {
    this.phase = Phase.failed;
    this.error ??= this.errorOf(code);
    return HttpEvent.error;
  }

  /** The peer sends no more, in the body. */
  protected finishBody(): HttpEvent {
    const event = this.body.finish();
    return event === HttpEvent.error ? this.fail(this.body.errorCode) : event;
  }
}
