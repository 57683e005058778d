import { FproxyError } from "../../../base/errors.ts";
import { TABLE_ALIGNMENT, TABLE_BYTES, type TableRef } from "../../../model/table_ref.ts";

/** A table that some app uses or used. */
interface Held {
  readonly ref: TableRef;
  readonly bytes: number;
  /** Stage of the fleet at which no app had it any more, null while one has it. */
  releasedAt: number | null;
}

/** A piece of memory. */
interface Gap {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Hands out memory that data threads read to tables. Apps that want the same share one. What no app has any more is used
 * again once every thread works from a later stage; a session that began before and still looks there sees by the version
 * that the table is gone.
 */
export class TableMemory {
  /** The memory, to be sent to data threads. */
  readonly memory: SharedArrayBuffer;
  /** By what is in them. */
  readonly #held = new Map<string, Held>();
  #version = 0;

  /** @param bytes of all tables together. */
  constructor(private readonly bytes: number = TABLE_BYTES) {
    this.memory = new SharedArrayBuffer(bytes);
  }

  /** The table with that content, undefined where there is none; one that is found is in use again. */
  find(content: string): TableRef | undefined {
    const known = this.#held.get(content);
    if (known !== undefined) known.releasedAt = null;
    return known?.ref;
  }

  /**
   * Makes a table that is not there yet.
   * @param content what {@link find} is to find it by.
   * @param make writes it, given where it is to be, and says what threads are to know of it.
   * @param what it is, for messages.
   * @throws {FproxyError} code `too_many_parts` when there is no memory left; retryable while some is about to be freed.
   */
  add<Ref extends TableRef>(
    content: string,
    bytes: number,
    make: (at: TableRef) => Ref,
    what: string,
  ): Ref {
    const offset = this.#room(bytes, what);
    this.#version = this.#version + 1 | 0 || 1;
    const ref = make({ offset, version: this.#version });
    this.#held.set(content, { ref, bytes, releasedAt: null });
    return ref;
  }

  /** Gives up all tables but those of these versions. @param stage of the fleet, at which the others are gone. */
  keepOnly(versions: () => ReadonlySet<number>, stage: number): void {
    if (this.#held.size === 0) return;
    const used = versions();
    for (const held of this.#held.values()) {
      if (!used.has(held.ref.version)) held.releasedAt ??= stage;
    }
  }

  /** Frees what was given up. @param oldest the oldest stage that some thread still works from. @returns what is left. */
  sweep(oldest: number): number {
    let left = 0;
    for (const [content, { releasedAt }] of this.#held) {
      if (releasedAt === null) continue;
      if (releasedAt <= oldest) this.#held.delete(content);
      else left++;
    }
    return left;
  }

  /** Offset of the first gap that is large enough. */
  #room(bytes: number, what: string): number {
    const gap = this.#gaps().find((one) => one.bytes >= bytes);
    if (gap !== undefined) return gap.offset;
    const isWaiting = [...this.#held.values()].some(({ releasedAt }) => releasedAt !== null);
    throw new FproxyError(
      "too_many_parts",
      `Cannot take the config${isWaiting ? " yet" : ""}: with ${what} the tables of all apps need more than ${
        this.bytes / 1024
      } KiB`,
      "internal",
      isWaiting,
    );
  }

  #gaps(): Gap[] {
    const all = [...this.#held.values()].sort((a, b) => a.ref.offset - b.ref.offset);
    let end = 0;
    const gaps = all.map(({ ref: { offset }, bytes }): Gap => {
      const gap = { offset: end, bytes: offset - end };
      end = aligned(offset + bytes);
      return gap;
    });
    return [...gaps, { offset: end, bytes: this.bytes - end }];
  }
}

function aligned(offset: number): number {
  return Math.ceil(offset / TABLE_ALIGNMENT) * TABLE_ALIGNMENT;
}
