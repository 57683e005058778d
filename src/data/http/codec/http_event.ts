/** What a parser found next. */
export const HttpEvent = {
  /** All bytes were taken; the message goes on. */
  needMore: 0,
  /** The head is complete: `parser.head`. */
  head: 1,
  /** A part of the body: `parser.data` from `dataStart` to `dataEnd`, valid until the array it lies in is reused. */
  body: 2,
  /** A trailer section with at least one field: `parser.trailers`. `end` follows. */
  trailers: 3,
  /** The message is complete. Told again until `begin()`; bytes from `parser.position` on are not its own. */
  end: 4,
  /** The message is broken: `parser.error`. Told again for ever. */
  error: 5,
  /** After a 101: bytes from `parser.position` on belong to the other protocol. Told again for ever. */
  upgraded: 6,
} as const;

/** One of {@link HttpEvent}. */
export type HttpEvent = typeof HttpEvent[keyof typeof HttpEvent];
