import {
  LENGTH_BYTES,
  type MailboxShare,
  type MailboxViews,
  Position,
  RING_BYTES,
  viewMailbox,
} from "./mailbox.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The data thread's end of a mailbox: puts messages together from what is in the ring. */
export class MailboxReceiver {
  readonly #views: MailboxViews;
  readonly #length = new Uint8Array(LENGTH_BYTES);
  /** Where the next bytes go: the length of a message, then its text. */
  #part: Uint8Array = this.#length;
  #filled = 0;

  constructor(share: Pick<MailboxShare, "memory">) {
    this.#views = viewMailbox(share.memory);
  }

  /**
   * Takes what is in the ring; calls back for each message that is complete.
   * @param most messages; what is behind them is left in the ring.
   * @returns whether something may be left.
   */
  receive(onMessage: (text: string) => void, most = Infinity): boolean {
    let left = most;
    const { positions } = this.#views;
    for (;;) {
      const read = Atomics.load(positions, Position.read);
      const available = (Atomics.load(positions, Position.written) - read) >>> 0;
      if (available === 0) return false;
      const count = this.#copy(read, available);
      Atomics.store(positions, Position.read, (read + count) | 0);
      Atomics.notify(positions, Position.read);
      const text = this.#takeText();
      if (text === null) continue;
      onMessage(text);
      if (--left === 0) return true;
    }
  }

  #copy(read: number, available: number): number {
    const index = (read >>> 0) % RING_BYTES;
    const count = Math.min(available, RING_BYTES - index, this.#part.length - this.#filled);
    this.#part.set(this.#views.ring.subarray(index, index + count), this.#filled);
    this.#filled += count;
    return count;
  }

  /** The text of a message that is complete. */
  #takeText(): string | null {
    if (this.#filled < this.#part.length) return null;
    if (this.#part === this.#length) {
      const length = new DataView(this.#length.buffer).getUint32(0, true);
      this.#part = new Uint8Array(length);
      this.#filled = 0;
      if (length > 0) return null;
    }
    const text = decoder.decode(this.#part);
    this.#part = this.#length;
    this.#filled = 0;
    return text;
  }
}
