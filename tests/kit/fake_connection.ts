import { NetError, type NetErrorCode } from "../../src/base/errors.ts";
import type { Connection, ConnectionHandler } from "../../src/engine/engine.ts";
import type { SocketAddress } from "../../src/model/address.ts";
import type { FakeClock } from "./fake_clock.ts";

/** What the connections of one engine share. */
export interface FakeWire {
  readonly clock: FakeClock;
  /** What a handler was given to read just now. */
  receiving: Uint8Array | null;
}

/** What a peer did while the connection was paused. */
type Arrival = { readonly type: "data"; readonly text: string } | { readonly type: "fin" };

/**
 * One connection: records what was written and how it was ended; the test is its peer. Text stands for bytes, one
 * character each. The array that a handler is given is overwritten after the call, and by a `close()` within it: real
 * engines use one array for all connections, and a close may read into it.
 */
export class FakeConnection implements Connection {
  handler: ConnectionHandler | null = null;
  /** How it ended: by a method called on it, with its relay, or by its peer. */
  ended: "close" | "reset" | "relay" | "peer" | null = null;
  /** Everything written that {@link read} has not given yet. */
  written = "";
  /** Calls of `write` so far. */
  writes = 0;
  /** Bytes that the handler was given so far. */
  delivered = 0;
  isPaused = true;
  /** `end()` was called. */
  finSent = false;
  /** `startTls()` was called. */
  hasStartedTls = false;
  /** `probePeer()` was called. */
  isProbed = false;
  /** The peer takes nothing more: `write` gives false. */
  isFull = false;
  readonly #engine: FakeWire;
  readonly #arrivals: Arrival[] = [];
  #hasEnded = false;

  constructor(engine: FakeWire, public remote: SocketAddress, public local: SocketAddress) {
    this.#engine = engine;
  }

  /** What was given back and not delivered again. */
  get unreadText(): string {
    return this.#arrivals.map((arrival) => arrival.type === "data" ? arrival.text : "").join("");
  }

  /** What was written since the last call. */
  read(): string {
    const text = this.written;
    this.written = "";
    return text;
  }

  /** The peer sends; it arrives at once, or when the connection is resumed. */
  send(text: string): void {
    this.#arrivals.push({ type: "data", text });
    this.#deliver();
  }

  /** The peer sends its FIN behind what it sent. */
  sendFin(): void {
    this.#arrivals.push({ type: "fin" });
    this.#deliver();
  }

  /** The connection fails. */
  fail(code: NetErrorCode = "reset"): void {
    if (this.ended !== null) throw new Error(`Connection is over: ${this.ended}`);
    this.ended = "peer";
    this.handler?.onClose(new NetError(code, `connection: ${code}`, "client"));
  }

  /** The peer takes bytes again. */
  drain(): void {
    this.isFull = false;
    this.handler?.onDrain();
  }

  write(bytes: Uint8Array): boolean {
    if (this.handler === null) throw new Error("A connection without a handler was written to");
    if (this.ended !== null || this.finSent) return true;
    this.writes++;
    for (const byte of bytes) this.written += String.fromCharCode(byte);
    return !this.isFull;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    // Never inside the call, as the interface says.
    if (this.#arrivals.length > 0) this.#engine.clock.timer(0, () => this.#deliver());
  }

  unread(bytes: Uint8Array): void {
    if (!this.isPaused) throw new Error("Only a paused connection takes bytes back");
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    this.delivered -= text.length;
    if (this.#hasEnded) this.#arrivals.unshift({ type: "fin" });
    this.#hasEnded = false;
    this.#arrivals.unshift({ type: "data", text });
  }

  startTls(): void {
    this.hasStartedTls = true;
  }

  setAddresses(remote: SocketAddress, local: SocketAddress): void {
    this.remote = remote;
    this.local = local;
  }

  probePeer(): void {
    this.isProbed = true;
  }

  end(): void {
    this.finSent = true;
  }

  close(): void {
    this.#engine.receiving?.fill(0xee);
    this.ended ??= "close";
  }

  reset(): void {
    this.ended ??= "reset";
  }

  #deliver(): void {
    while (!this.isPaused && this.ended === null) {
      const arrival = this.#arrivals.shift();
      if (arrival === undefined) return;
      if (arrival.type === "fin") this.#deliverFin();
      else this.#deliverData(arrival.text);
    }
  }

  #deliverData(text: string): void {
    if (text === "") return;
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    this.delivered += bytes.length;
    this.#engine.receiving = bytes;
    this.handler?.onData(bytes);
    this.#engine.receiving = null;
    bytes.fill(0xee);
  }

  #deliverFin(): void {
    this.#hasEnded = true;
    this.handler?.onEnd();
    if (!this.finSent || this.ended !== null) return;
    this.ended = "peer";
    this.handler?.onClose(null);
  }
}
