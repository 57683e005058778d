import type { TableRef } from "./table_ref.ts";

/** Where a table is, as plain data. */
export interface HashTableRef extends TableRef {
  /** Entries: a prime. */
  readonly size: number;
}

/** Bytes before the entries: the version. */
const HEAD_BYTES = 4;

/** Bytes that a table takes, a multiple of 4. */
export function hashTableBytes(size: number): number {
  return HEAD_BYTES + Math.ceil(size / 2) * 4;
}

/** A table that gives each hash a target, by index. */
export class HashTable {
  readonly size: number;
  readonly #version: number;
  readonly #head: Int32Array;
  readonly #entries: Uint16Array;

  constructor(memory: SharedArrayBuffer, { offset, size, version }: HashTableRef) {
    this.size = size;
    this.#version = version;
    this.#head = new Int32Array(memory, offset, 1);
    this.#entries = new Uint16Array(memory, offset + HEAD_BYTES, size);
  }

  /**
   * The target at a place, 0 to `size - 1`; -1 when the table was given up and its memory is another's. In the moment of
   * that it may be any number: whoever asks looks whether there is such a target.
   */
  at(place: number): number {
    return this.#head[0] === this.#version ? this.#entries[place]! : -1;
  }

  /** Fills the table. Only control may. */
  fill(entries: Uint16Array): void {
    Atomics.store(this.#head, 0, 0);
    this.#entries.set(entries);
    Atomics.store(this.#head, 0, this.#version);
  }
}
