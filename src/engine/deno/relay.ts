import type { Relay, RelayEnd, RelayHandler, Side } from "../engine.ts";
import type { DenoConnection } from "./connection.ts";
import { Pump, type PumpOwner } from "./pump.ts";
import type { Disposable, SharedParts } from "./shared_parts.ts";

/**
 * Two pumps between two connections. A side that failed is noticed by a read, by a write, or, while its bytes wait for
 * a peer that does not read, by a probe: Deno reports a reset only to who uses the socket.
 */
export class DenoRelay implements Relay, PumpOwner, Disposable {
  bagIndex = -1;
  firstByteAt = 0;
  firstEnded: Side | null = null;
  lastActivityAt: number;
  isOver = false;
  readonly #parts: SharedParts;
  readonly #client: DenoConnection;
  readonly #target: DenoConnection;
  readonly #handler: RelayHandler;
  readonly #fromClient: Pump;
  readonly #fromTarget: Pump;
  /** A side that is gone while bytes which it sent before are still being passed on. */
  #failed: Side | null = null;
  #isProbing = false;

  constructor(parts: SharedParts, client: DenoConnection, target: DenoConnection, handler: RelayHandler) {
    this.#parts = parts;
    this.#client = client;
    this.#target = target;
    this.#handler = handler;
    this.lastActivityAt = parts.clock.now();
    this.#fromClient = new Pump(parts, client, target, this);
    this.#fromTarget = new Pump(parts, target, client, this);
    parts.register(this);
    const fromClient = client.detach();
    const fromTarget = target.detach();
    // What was written to a connection before the relay leaves before the relay's bytes.
    target.whenFlushed(() => this.#fromClient.start(fromClient, client.takeUnread()));
    client.whenFlushed(() => this.#fromTarget.start(fromTarget, target.takeUnread()));
  }

  get bytesFromClient(): number {
    return this.#fromClient.bytes;
  }

  get bytesFromTarget(): number {
    return this.#fromTarget.bytes;
  }

  stop(how: "close" | "reset"): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#parts.unregister(this);
    this.#client[how]();
    this.#target[how]();
  }

  destroy(): void {
    this.#leave((connection) => connection.destroy());
  }

  /** Looks after what no read or write would notice. */
  tick(): void {
    this.#look(this.#fromClient, this.#fromTarget);
    this.#look(this.#fromTarget, this.#fromClient);
  }

  onFirstByte(pump: Pump): void {
    if (pump === this.#fromTarget) this.firstByteAt = this.#parts.clock.now();
  }

  onMoved(): void {
    this.lastActivityAt = this.#parts.clock.now();
  }

  onSourceEnded(pump: Pump): void {
    this.firstEnded ??= pump.from.side;
    if (this.#failed !== null) return this.#finish(`${this.#failed}_reset`);
    if (this.#opposite(pump).isEnded) return this.#finish("done");
    pump.to.sendFin();
    this.#handler.onHalfClose(pump.from.side);
  }

  onSourceFailed(pump: Pump): void {
    this.firstEnded ??= pump.from.side;
    this.#finish(`${pump.from.side}_reset`);
  }

  onSinkFailed(pump: Pump): void {
    this.firstEnded ??= pump.to.side;
    this.#failed ??= pump.to.side;
    // What the failed side sent before is still read and passed on; its own end or failure comes after that.
    if (this.#opposite(pump).isEnded) this.#finish(`${this.#failed}_reset`);
  }

  #look(pump: Pump, opposite: Pump): void {
    if (!pump.look() || this.isOver) return;
    if (this.#failed !== null) return this.#finish(`${this.#failed}_reset`);
    // The opposite direction would notice by itself while it writes; after its FIN no write is possible.
    if (this.#isProbing || opposite.isWriting || opposite.isEnded) return;
    this.#isProbing = true;
    pump.from.send(NOTHING).then(() => {
      this.#isProbing = false;
    }, () => {
      this.firstEnded ??= pump.from.side;
      this.#failed ??= pump.from.side;
    });
  }

  #opposite(pump: Pump): Pump {
    return pump === this.#fromClient ? this.#fromTarget : this.#fromClient;
  }

  #finish(end: RelayEnd): void {
    // A TLS connection tells its end first.
    this.#leave((connection) => end === "done" ? connection.close() : connection.destroy());
    this.#handler.onDone(end);
  }

  #leave(how: (connection: DenoConnection) => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#parts.unregister(this);
    how(this.#client);
    how(this.#target);
  }
}

/** Sends no byte, but fails on a connection that is gone. */
const NOTHING = new Uint8Array(0);
