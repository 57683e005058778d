/**
 * How control speaks to a thread that is blocked in the kernel: a ring of bytes in shared memory, and an eventfd in
 * the thread's epoll set. This file holds what both ends agree on.
 *
 * The ring is a stream; a message in it is its length in bytes (32 bits, little-endian) and its UTF-8 text. So a
 * message may be longer than the ring: it passes through in parts.
 */
export interface MailboxShare {
  /** Positions and ring. */
  readonly memory: SharedArrayBuffer;
  /** The eventfd; it belongs to the sender. */
  readonly wakeDescriptor: number;
}

/** `Int32` words before the ring: bytes ever written and bytes ever read, modulo 2^32, each changed by one end alone. */
export const Position = { written: 0, read: 1 } as const;

/** Bytes of a ring: a power of two, so that positions may wrap. */
export const RING_BYTES = 65_536;
/** Bytes of a message's length. */
export const LENGTH_BYTES = 4;
/** The ring begins on a cache line of its own. */
const RING_OFFSET = 64;

/** The ring's memory, new and empty. */
export function allocateMailbox(): SharedArrayBuffer {
  return new SharedArrayBuffer(RING_OFFSET + RING_BYTES);
}

/** Views over the memory of a mailbox. */
export interface MailboxViews {
  readonly positions: Int32Array;
  readonly ring: Uint8Array;
}

/** Views over the memory of a mailbox. */
export function viewMailbox(memory: SharedArrayBuffer): MailboxViews {
  return { positions: new Int32Array(memory, 0, 2), ring: new Uint8Array(memory, RING_OFFSET, RING_BYTES) };
}
