import { Misc } from "./constants.ts";
import { type Libc, NativeBuffer } from "./libc.ts";
import {
  allocateMailbox,
  LENGTH_BYTES,
  type MailboxShare,
  type MailboxViews,
  Position,
  RING_BYTES,
  viewMailbox,
} from "./mailbox.ts";
import { systemError } from "./system_error.ts";

const WAKE_BYTES = 8n;
const encoder = new TextEncoder();

/**
 * Control's end of a mailbox. Sending never waits: what the ring has no room for is queued here, and follows when the
 * thread has read. Messages arrive whole, once, in order.
 */
export class MailboxSender {
  /** To be sent to the thread, for `MailboxReceiver`. */
  readonly share: MailboxShare;
  readonly #libc: Libc;
  readonly #views: MailboxViews;
  readonly #wake = new NativeBuffer(8);
  /** Bytes that the ring had no room for. */
  readonly #queue: Uint8Array[] = [];
  /** Bytes of the first queued part that are in the ring. */
  #offset = 0;
  #isWaiting = false;
  #isClosed = false;

  /** @throws {NetError} `exhausted` when there is no descriptor left. */
  constructor(libc: Libc) {
    this.#libc = libc;
    const wakeDescriptor = libc.call.eventfd(0, Misc.EFD_CLOEXEC | Misc.EFD_NONBLOCK);
    if (wakeDescriptor < 0) throw systemError("create an eventfd", libc.errno, "internal");
    const memory = allocateMailbox();
    this.share = { memory, wakeDescriptor };
    this.#views = viewMailbox(memory);
    this.#wake.words[0] = 1;
  }

  /** Bytes that wait because the thread has not read what is before them. */
  get queuedBytes(): number {
    return this.#queue.reduce((sum, part) => sum + part.length, 0) - this.#offset;
  }

  /** Sends a text of any length below 2^32 bytes. After `close` it is dropped. Lone surrogates arrive as U+FFFD. */
  send(text: string): void {
    if (this.#isClosed) return;
    const bytes = encoder.encode(text);
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setUint32(0, bytes.length, true);
    this.#queue.push(length, bytes);
    this.#flush();
  }

  /** Drops what is queued and closes the eventfd. Only after the thread has ended. Twice is harmless. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue.length = 0;
    this.#offset = 0;
    // Ends the wait for a thread that will not read any more.
    Atomics.notify(this.#views.positions, Position.read);
    this.#libc.call.close(this.share.wakeDescriptor);
  }

  #flush(): void {
    const { positions, ring } = this.#views;
    const start = Atomics.load(positions, Position.written);
    const read = Atomics.load(positions, Position.read);
    let room = RING_BYTES - ((start - read) >>> 0);
    let at = start;
    while (room > 0 && this.#queue.length > 0) {
      const part = this.#queue[0] ?? new Uint8Array();
      const index = (at >>> 0) % RING_BYTES;
      const count = Math.min(part.length - this.#offset, room, RING_BYTES - index);
      ring.set(part.subarray(this.#offset, this.#offset + count), index);
      at = (at + count) | 0;
      room -= count;
      this.#offset += count;
      if (this.#offset < part.length) continue;
      this.#queue.shift();
      this.#offset = 0;
    }
    if (at !== start) {
      Atomics.store(positions, Position.written, at);
      this.#libc.call.write(this.share.wakeDescriptor, this.#wake.pointer, WAKE_BYTES);
    }
    if (this.#queue.length > 0) this.#flushWhenRead(read);
  }

  #flushWhenRead(read: number): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const wait = Atomics.waitAsync(this.#views.positions, Position.read, read);
    void Promise.resolve(wait.value).then(() => {
      this.#isWaiting = false;
      if (!this.#isClosed) this.#flush();
    });
  }
}
