/** What a descriptor is to the thread that owns it. */
export const DescriptorKind = {
  none: 0,
  /** A connection or an attempt: reset when its thread died. */
  connection: 1,
  /** Anything else: closed when its thread died. */
  other: 2,
} as const;

/** One value of {@link DescriptorKind}. */
export type DescriptorKind = typeof DescriptorKind[keyof typeof DescriptorKind];

/** Descriptors that can be noted: `fs.nr_open` unless it was raised. Higher ones are treated as none being left. */
export const MAX_DESCRIPTORS = 1_048_576;

/**
 * Which descriptors a data thread owns, one byte each in shared memory. Descriptors belong to the process and outlive
 * their thread; by this list control closes what a crashed thread left (see `reclaim.ts`).
 *
 * An entry is written after the descriptor was opened and erased before it is closed: a crash in between leaks one
 * descriptor, but never closes a number that by then belongs to somebody else.
 */
export class DescriptorLedger {
  readonly #kinds: Uint8Array;

  constructor(
    /** The memory, to be shared with control. The kernel commits its pages when they are first written. */
    readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(MAX_DESCRIPTORS),
  ) {
    this.#kinds = new Uint8Array(buffer);
  }

  /** Notes an open descriptor. False when its number is too high to be noted: close it. */
  note(descriptor: number, kind: DescriptorKind): boolean {
    if (descriptor >= this.#kinds.length) return false;
    this.#kinds[descriptor] = kind;
    return true;
  }

  /** Erases a descriptor that is about to be closed. */
  erase(descriptor: number): void {
    this.#kinds[descriptor] = DescriptorKind.none;
  }

  /** What is noted for a descriptor. */
  kind(descriptor: number): DescriptorKind {
    return (this.#kinds[descriptor] ?? DescriptorKind.none) as DescriptorKind;
  }

  /** The noted descriptors of one kind, ascending. */
  list(kind: Exclude<DescriptorKind, 0>): number[] {
    const found: number[] = [];
    for (let at = this.#kinds.indexOf(kind); at >= 0; at = this.#kinds.indexOf(kind, at + 1)) found.push(at);
    return found;
  }
}
