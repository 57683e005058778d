import type { Clock } from "../../base/clock.ts";
import type { ProvidedDocument } from "../model/documents.ts";
import { isDeleted, type Stored } from "../store/bucket.ts";

interface Provided {
  readonly revision: number;
  /** Whether it was asked for, and not given back yet. */
  readonly isMade: boolean;
  /** By the clock of this program. */
  readonly at: number;
}

/** Nodes that a provider was asked for, as the store has them. */
export class ProvidedNodes {
  readonly #all = new Map<string, Provided>();

  constructor(private readonly clock: Pick<Clock, "now">) {}

  /** In the order of their names. */
  get names(): string[] {
    return [...this.#all].filter(([, { isMade }]) => isMade).map(([name]) => name).sort();
  }

  has(name: string): boolean {
    return this.#all.get(name)?.isMade === true;
  }

  /** Of what is there of that name, deleted or not; null where there never was anything. */
  revisionOf(name: string): number | null {
    return this.#all.get(name)?.revision ?? null;
  }

  /** How long this program has known of it, milliseconds; 0 where it does not. */
  knownMs(name: string): number {
    return this.clock.now() - (this.#all.get(name)?.at ?? this.clock.now());
  }

  /** What the store tells; what this program wrote itself may be told late. */
  heard(stored: Pick<Stored<ProvidedDocument>, "name" | "value" | "problem" | "revision">): void {
    const { name, revision } = stored;
    if ((this.revisionOf(name) ?? 0) >= revision) return;
    this.#all.set(name, { revision, isMade: !isDeleted(stored), at: this.clock.now() });
  }

  /** It was given back at that revision; the store will tell of a later one. */
  returned(name: string): void {
    const known = this.#all.get(name);
    if (known !== undefined) this.#all.set(name, { ...known, isMade: false });
  }
}
