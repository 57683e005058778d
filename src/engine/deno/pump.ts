import type { BegunRead, DenoConnection } from "./connection.ts";
import { ReadBuffer } from "./read_buffer.ts";
import type { SharedParts } from "./shared_parts.ts";

/** Receives what happens in one direction. */
export interface PumpOwner {
  /** Both connections are closed: whatever comes now is late. */
  readonly isOver: boolean;
  /** Bytes arrived; called once, for the first. */
  onFirstByte(pump: Pump): void;
  /** Bytes were passed on. */
  onMoved(): void;
  /** The source sent its FIN, and all bytes before it were passed on. */
  onSourceEnded(pump: Pump): void;
  /** The source failed; all bytes before were passed on. */
  onSourceFailed(pump: Pump): void;
  /** The sink does not take bytes any more. */
  onSinkFailed(pump: Pump): void;
}

/**
 * One direction of a relay: reads, writes all of it, reads again, in one buffer that follows the amount of data.
 * Callbacks are made once and hung on Deno's promises; an async function would cost a promise more each turn.
 */
export class Pump {
  /** Bytes passed on. */
  bytes = 0;
  readonly from: DenoConnection;
  readonly to: DenoConnection;
  readonly #owner: PumpOwner;
  #state: "reading" | "writing" | "ended" = "reading";
  #buffer: ReadBuffer;
  /** The filled part of the buffer, kept since messages of one connection tend to be of one length. */
  #filled = EMPTY;
  /** What is being written: `#filled` or its rest. */
  #rest = EMPTY;
  /** `bytes` at the last look while writing, to see whether it moves. */
  #bytesAtLook = -1;

  constructor(parts: SharedParts, from: DenoConnection, to: DenoConnection, owner: PumpOwner) {
    this.#buffer = new ReadBuffer(parts.pool);
    this.from = from;
    this.to = to;
    this.#owner = owner;
  }

  /** Nothing more comes this way. */
  get isEnded(): boolean {
    return this.#state === "ended";
  }

  /** A write is under way. */
  get isWriting(): boolean {
    return this.#state === "writing";
  }

  /** Begins, with what was given back to the source and the read that it had begun before. */
  start(begun: BegunRead | "ended" | null, unread: Uint8Array | null): void {
    if (this.#owner.isOver) return;
    if (unread === null) return this.#begin(begun);
    this.#owner.onFirstByte(this);
    this.#pass(unread, begun);
  }

  #pass(unread: Uint8Array, begun: BegunRead | "ended" | null): void {
    this.#state = "writing";
    this.to.send(unread).then((count) => {
      if (this.#owner.isOver) return this.#release();
      this.bytes += count;
      this.#owner.onMoved();
      if (count < unread.length) return this.#pass(unread.subarray(count), begun);
      this.#state = "reading";
      this.#begin(begun);
    }, this.#onWriteFailed);
  }

  #begin(begun: BegunRead | "ended" | null): void {
    if (begun === "ended") {
      queueMicrotask(() => this.#onRead(null));
    } else if (begun === null) {
      this.#read();
    } else {
      this.#buffer = begun.buffer;
      begun.result.then(this.#onRead, this.#onReadFailed);
    }
  }

  /** True when a write has made no progress since the last call. */
  look(): boolean {
    const isStuck = this.isWriting && this.#bytesAtLook === this.bytes;
    this.#bytesAtLook = this.isWriting ? this.bytes : -1;
    return isStuck;
  }

  #read(): void {
    this.#state = "reading";
    this.from.receive(this.#buffer.bytes).then(this.#onRead, this.#onReadFailed);
  }

  readonly #onRead = (count: number | null): void => {
    if (this.#owner.isOver) return this.#release();
    if (count === null) {
      this.#end();
      return this.#owner.onSourceEnded(this);
    }
    if (this.bytes === 0) this.#owner.onFirstByte(this);
    const { bytes } = this.#buffer;
    if (this.#filled.length !== count || this.#filled.buffer !== bytes.buffer) {
      this.#filled = bytes.subarray(0, count);
    }
    this.#write(this.#filled);
  };

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#state = "writing";
    this.#rest = bytes;
    this.to.send(bytes).then(this.#onWritten, this.#onWriteFailed);
  }

  readonly #onWritten = (count: number): void => {
    if (this.#owner.isOver) return this.#release();
    this.bytes += count;
    this.#owner.onMoved();
    if (count < this.#rest.length) return this.#write(this.#rest.subarray(count));
    this.#buffer.adapt(this.#filled.length);
    this.#read();
  };

  readonly #onReadFailed = (): void => {
    this.#end();
    if (!this.#owner.isOver) this.#owner.onSourceFailed(this);
  };

  readonly #onWriteFailed = (): void => {
    this.#end();
    if (!this.#owner.isOver) this.#owner.onSinkFailed(this);
  };

  #end(): void {
    this.#state = "ended";
    this.#release();
  }

  #release(): void {
    this.#buffer.release();
    this.#filled = EMPTY;
    this.#rest = EMPTY;
  }
}

const EMPTY = new Uint8Array(0);
