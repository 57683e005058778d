import type { ClientConnection } from "../client_connection.ts";
import type { CodecError } from "../codec/codec_error.ts";
import type { FieldSection } from "../codec/field_section.ts";
import { HttpEvent } from "../codec/http_event.ts";
import { RequestParser } from "../codec/request_parser.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Where a client is: nothing of a request has come; within its head, its body; all of it has come; nothing more is read.
 */
export type ReaderPhase = "idle" | "head" | "body" | "whole" | "stopped";

/** Receives the requests of one client. An interface, since who does also makes the reader. */
export interface RequestReaderOwner {
  /** Whether more of the present request's body may be read now. */
  readonly wantsBody: boolean;
  /** A head is complete: `reader.parser.head`. May call `next` or `stop`. */
  onRequest(): void;
  /** A part of the body came. */
  onBody(data: Uint8Array, start: number, end: number): void;
  /** The request is whole. @param trailers null where there are none. */
  onWhole(trailers: FieldSection | null): void;
  /** All that could be read now was. May call `next` or `stop`. */
  onPass(): void;
  /** What came is no request, or broke off: nothing more is read. */
  onBroken(error: CodecError): void;
  /** The client is held back, or may send again. */
  onFlow(isHeld: boolean): void;
}

/**
 * Reads the requests of one client connection, one at a time: what comes behind a request is held until its answer is
 * complete, and the client held back meanwhile; so no more than what one read gave is ever held.
 */
export class RequestReader {
  phase: ReaderPhase = "idle";
  /** `engine.now()` when the phase began, for `idle` and `head`. */
  since: number;
  /** Bytes of the present request so far. */
  bytes = 0;
  readonly parser: RequestParser;
  #held: Uint8Array = NO_BYTES;
  #isPaused = true;
  #isBusy = false;

  constructor(private readonly client: ClientConnection, private readonly owner: RequestReaderOwner) {
    this.parser = new RequestParser(client.http.limits);
    this.since = client.acceptedAt;
  }

  /** Bytes that came and wait: of the next requests, or of another protocol. */
  get held(): Uint8Array {
    return this.#held;
  }

  /** Takes what the client sent. */
  feed(bytes: Uint8Array): void {
    if (this.phase === "whole") {
      this.#hold(bytes, 0, false);
      this.#flow();
    } else this.#run(bytes);
  }

  /** What the owner wants has changed: goes on with what is held, or lets the client send. */
  advance(): void {
    if (!this.#isBusy) this.#run(NO_BYTES);
  }

  /** Forgets the request, which must be whole, and reads the next. */
  next(): void {
    this.parser.begin();
    this.#begin("idle");
    this.bytes = 0;
    this.advance();
  }

  /** Reads nothing more. */
  stop(): void {
    this.phase = "stopped";
    this.#held = NO_BYTES;
  }

  /** The connection has ended. */
  release(): void {
    this.stop();
    this.parser.release();
  }

  /** The client sent its FIN. @returns false when nothing but whole requests, and empty lines, came before it. */
  finish(): boolean {
    if (this.phase !== "head" && this.phase !== "body") return false;
    if (this.parser.finish() !== HttpEvent.error) {
      this.phase = "idle";
      return false;
    }
    this.#broken();
    return true;
  }

  #begin(phase: ReaderPhase): void {
    this.phase = phase;
    this.since = this.client.context.engine.now();
  }

  #run(bytes: Uint8Array): void {
    this.#isBusy = true;
    if (bytes.length > 0) this.#pass(bytes, false);
    // A loop, since an answer may be given within the pass, and thousands of requests may be held.
    while (this.#held.length > 0 && this.#mayRead) {
      const held = this.#held;
      this.#held = NO_BYTES;
      this.#pass(held, true);
    }
    this.#isBusy = false;
    this.#flow();
  }

  get #mayRead(): boolean {
    if (this.phase === "body") return this.owner.wantsBody;
    // A client that does not take its answers is asked for no more requests.
    return (this.phase === "idle" || this.phase === "head") && this.client.answer.blockedSince === null;
  }

  get #isBodyOver(): boolean {
    return this.phase === "body" && this.parser.complete;
  }

  /** @param isOwned the array stays as it is after this call. */
  #pass(bytes: Uint8Array, isOwned: boolean): void {
    let at = 0;
    // The end of a body that has come needs no more bytes to be seen.
    while (at < bytes.length || this.#isBodyOver) {
      if (!this.#mayRead && !this.#isBodyOver) {
        if (this.phase !== "stopped") this.#hold(bytes, at, isOwned);
        break;
      }
      if (this.phase === "idle") this.#begin("head");
      const event = this.parser.parse(bytes, at);
      this.bytes += this.parser.position - at;
      at = this.parser.position;
      if (event === HttpEvent.needMore) break;
      this.#on(event);
    }
    if (this.phase === "body" || this.phase === "whole") this.owner.onPass();
  }

  #on(event: HttpEvent): void {
    const { parser, owner } = this;
    switch (event) {
      case HttpEvent.head:
        this.phase = "body";
        return owner.onRequest();
      case HttpEvent.body:
        return owner.onBody(parser.data, parser.dataStart, parser.dataEnd);
      case HttpEvent.trailers:
        return;
      case HttpEvent.end:
        this.phase = "whole";
        return owner.onWhole(parser.trailers);
      default:
        this.#broken();
    }
  }

  #broken(): void {
    const { error } = this.parser;
    this.stop();
    if (error !== null) this.owner.onBroken(error);
  }

  #hold(bytes: Uint8Array, at: number, isOwned: boolean): void {
    if (at < bytes.length) this.#held = isOwned ? bytes.subarray(at) : bytes.slice(at);
  }

  /** Lets the client send what can be used now; while an answer is awaited, so that its end is noticed. */
  #flow(): void {
    const isHeld = this.phase === "whole"
      ? this.#held.length > 0
      : this.phase !== "stopped" && !this.#mayRead;
    if (isHeld === this.#isPaused) return;
    this.#isPaused = isHeld;
    if (isHeld) this.client.connection.pause();
    else this.client.connection.resume();
    this.owner.onFlow(isHeld);
  }
}
