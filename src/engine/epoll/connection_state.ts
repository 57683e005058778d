/** Bits of an `EpollConnection`'s state. */
export const State = {
  /** Bytes, a FIN or an error may be there to receive: an edge was told and not yet used up. */
  readable: 1 << 0,
  /** The socket took less than it was given; no more until it tells an edge. */
  blocked: 1 << 1,
  /** The peer's FIN, or an error, was received: there is nothing more to receive. */
  ended: 1 << 2,
  /** Our FIN was sent, or is sent by the close that follows. */
  finSent: 1 << 3,
  /** `end()` was called. */
  finWanted: 1 << 4,
  /** `pause()`. */
  paused: 1 << 5,
  /** In the epoll set. */
  watched: 1 << 6,
  /** In the epoll set for writing too. */
  watchedOut: 1 << 7,
  /** Moves bulk data: splice. */
  bulk: 1 << 8,
  /** `onDrain` is owed. */
  drainWanted: 1 << 9,
  /** `close()` was called, bytes are still leaving. */
  closing: 1 << 10,
  /** The descriptor is closed. */
  closed: 1 << 11,
  /** Came from a listener: the peer is a client. */
  accepted: 1 << 12,
  /** A FIN or an error was told: it follows the bytes that are there, and is not told again. */
  hungUp: 1 << 13,
  /** `probePeer()`. */
  probing: 1 << 14,
  /** Urgent data was told, which cuts receives short (man 7 tcp). */
  urgent: 1 << 15,
  /** A FIN was told, and no error: whoever has received all bytes has reached it. */
  finTold: 1 << 16,
  /** All bytes before the FIN were received. */
  atFin: 1 << 17,
  /** `unread()`: bytes that were given back come before those of the socket. */
  unread: 1 << 18,
} as const;
