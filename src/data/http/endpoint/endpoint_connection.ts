import type { NetError } from "../../../base/errors.ts";
import type { Connection, ConnectionHandler, Engine, Timer } from "../../../engine/engine.ts";
import { formatAddress } from "../../../model/address.ts";
import { HttpEvent } from "../codec/http_event.ts";
import { ResponseParser } from "../codec/response_parser.ts";
import type { ResponseRules } from "./response_rules.ts";

/** An answer that nobody wants is read to its end, so that its connection can be used again, up to this size. */
const DISCARD_MAX_BYTES = 64 * 1024;

/** Where a connection without a request belongs. An interface, since who keeps it also makes it. */
export interface EndpointHome {
  /** The connection may carry another request. */
  give(connection: EndpointConnection): void;
  /** The idle connection was closed by the endpoint, or said something that nobody asked for. */
  lose(connection: EndpointConnection): void;
}

/**
 * One connection to an endpoint over all its requests: passes the engine's callbacks on to whoever uses it now, and
 * watches for its end while nobody does.
 */
export class EndpointConnection implements ConnectionHandler {
  /** `ip:port` of the endpoint. */
  readonly address: string;
  /** Parser of its answers. */
  readonly parser: ResponseParser;
  /** Who uses it now, null while it is idle or its answer is thrown away. */
  user: ConnectionHandler | null = null;
  /** `engine.now()` when it became idle last. */
  idleSince = 0;
  #draining: Timer | null = null;
  #onDiscarded: (() => void) | null = null;
  #isPaused = true;
  #isClosed = false;

  constructor(
    private readonly engine: Engine,
    readonly connection: Connection,
    private readonly home: EndpointHome,
    { limits, isLenient }: ResponseRules,
  ) {
    this.parser = new ResponseParser(limits, isLenient);
    this.address = formatAddress(connection.remote);
    connection.handler = this;
  }

  onData(bytes: Uint8Array): void {
    if (this.user !== null) this.user.onData(bytes);
    else if (this.#draining !== null) this.#drain(bytes);
    else this.#lost();
  }

  onDrain(): void {
    this.user?.onDrain();
  }

  onEnd(): void {
    if (this.user !== null) this.user.onEnd();
    else this.#lost();
  }

  onClose(error: NetError | null): void {
    this.#isClosed = true;
    if (this.user !== null) this.user.onClose(error);
    else this.#lost();
  }

  /** Holds back what the endpoint sends. */
  pause(): void {
    this.#isPaused = true;
    this.connection.pause();
  }

  /** Lets it send again. */
  resume(): void {
    if (!this.#isPaused || this.#isClosed) return;
    this.#isPaused = false;
    this.connection.resume();
  }

  /** Request and answer are at their ends, and nothing came behind: gives it back to the pool, if it can go on. */
  done(): void {
    if (this.parser.reusable) this.#release();
    else this.close();
  }

  /**
   * Reads the rest of an answer that nobody wants, if it is small and comes in time, and gives the connection back;
   * closes it otherwise.
   * @param rest what was received of it and not parsed yet.
   * @param onDone called once, when either has happened; within this call too.
   */
  discard(rest: Uint8Array, timeoutMs: number, onDone: () => void): void {
    this.user = null;
    this.#onDiscarded = onDone;
    if (this.#isTooLong) return this.reset();
    this.#draining = this.engine.timer(timeoutMs, () => this.reset());
    this.#drain(rest);
    if (this.#draining !== null) this.resume();
  }

  /** Closes it at once: nothing more is read or sent. Twice is harmless. */
  reset(): void {
    this.user = null;
    this.#discarded();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.connection.reset();
  }

  /** Closes it by a FIN, soon: the engine may read on a close, into the array that is being parsed just now. */
  close(): void {
    this.user = null;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.connection.handler = null;
    this.connection.pause();
    this.engine.timer(0, () => this.connection.close());
  }

  #release(): void {
    this.user = null;
    if (this.#isClosed) return;
    this.resume();
    this.home.give(this);
  }

  #lost(): void {
    if (this.#draining === null) this.home.lose(this);
    this.reset();
  }

  #drain(bytes: Uint8Array): void {
    const { parser } = this;
    for (let at = 0;;) {
      const event = parser.parse(bytes, at);
      at = parser.position;
      if (event === HttpEvent.needMore) {
        if (this.#isTooLong) this.reset();
        return;
      }
      if (event === HttpEvent.end) return this.#drained(at === bytes.length);
      if (event === HttpEvent.error || event === HttpEvent.upgraded) return this.reset();
    }
  }

  /** Once the head is there. */
  get #isTooLong(): boolean {
    const { head, closeDelimited, contentBytes } = this.parser;
    return closeDelimited || Math.max(head.contentLength, contentBytes) > DISCARD_MAX_BYTES;
  }

  #discarded(): void {
    this.#draining?.cancel();
    this.#draining = null;
    const onDone = this.#onDiscarded;
    this.#onDiscarded = null;
    onDone?.();
  }

  #drained(isWhole: boolean): void {
    this.#discarded();
    if (isWhole && this.parser.reusable) this.#release();
    else this.reset();
  }
}
