import type { Clock } from "../../base/clock.ts";
import type { LeaderDocument } from "../model/documents.ts";
import { LEASE_MS, RENEWAL_MS } from "../model/times.ts";
import type { Bucket } from "../store/bucket.ts";
import { StoreError } from "../store/store_error.ts";

const KEY = "leader";

/**
 * Who of several controls leads: a value of the store that one of them makes, by compare-and-set, and renews; the store
 * drops it when it is not renewed. A leader that was frozen knows by its own clock that its time is over, and one that
 * does not know writes in vain: who leads next writes all that it may write anew first.
 */
export class Lease {
  #revision: number | null = null;
  #renewedAt = -Infinity;
  #epoch = 0;

  constructor(
    private readonly bucket: Pick<Bucket<LeaderDocument>, "get" | "write" | "remove">,
    private readonly id: string,
    private readonly clock: Pick<Clock, "now">,
  ) {}

  /** Whether it leads, with time to write something. */
  get isHeld(): boolean {
    return this.#revision !== null && this.clock.now() - this.#renewedAt < LEASE_MS - RENEWAL_MS;
  }

  /** Grows from leader to leader. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Takes the lead if nobody has it. @throws {StoreError} other than of a conflict. */
  async acquire(): Promise<boolean> {
    const there = await this.bucket.get(KEY);
    if (there?.value !== null && there?.value !== undefined) return false;
    if (!await this.#write(there?.revision ?? null)) return false;
    this.#epoch = this.#revision!;
    return true;
  }

  /** Keeps the lead. @returns whether it still has it. @throws {StoreError} other than of a conflict. */
  async renew(): Promise<boolean> {
    if (this.#revision === null) return false;
    return await this.#write(this.#revision);
  }

  /** Leaves the lead to the next one at once. */
  async release(): Promise<void> {
    const revision = this.#revision;
    this.#revision = null;
    if (revision !== null) await this.bucket.remove(KEY, revision).catch(() => {});
  }

  async #write(revision: number | null): Promise<boolean> {
    // The time before the writing counts: the store's own begins later.
    const now = this.clock.now();
    try {
      this.#revision = await this.bucket.write(KEY, { format: 1, id: this.id }, revision);
      this.#renewedAt = now;
      return true;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "store_conflict") throw error;
      this.#revision = null;
      return false;
    }
  }
}
