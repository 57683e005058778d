import { ACCESS_BACKLOG_MAX_BYTES } from "../../../base/limits.ts";
import { OutputQueue } from "../../../base/output_queue.ts";
import type { RecordFormat } from "../records/access_record.ts";
import type { Outage } from "./outage.ts";
import type { Sink } from "./sink.ts";

/** A place that access records go to, and what waits for it, up to {@link ACCESS_BACKLOG_MAX_BYTES}. */
export class Outlet {
  /** How records look there; null for the JSON that they are. */
  format: RecordFormat | null = null;
  /** Records that did not get there since the start. */
  dropped = 0;
  readonly #queue: OutputQueue;

  constructor(readonly sink: Sink, readonly outage: Outage) {
    this.#queue = new OutputQueue(sink, ACCESS_BACKLOG_MAX_BYTES);
  }

  get isEmpty(): boolean {
    return this.#queue.waitingBytes === 0;
  }

  /**
   * Takes bytes with so many records, or drops them.
   * @param onOver called when they are written or lost; not where they were not taken.
   * @returns whether they were taken.
   */
  push(bytes: Uint8Array<ArrayBuffer>, records: number, onOver: () => void): boolean {
    const isTaken = this.#queue.push(bytes, (error) => {
      this.#written(records, error);
      onOver();
    });
    if (isTaken) return true;
    this.dropped += records;
    this.outage.dropped(records);
    return false;
  }

  /** Writes what waits, then closes the place. Nothing is said about it any more. */
  async leave(): Promise<void> {
    this.outage.end();
    await this.flushed();
    this.sink.close();
  }

  /** Resolves when nothing waits. A reader that never reads holds it up. */
  async flushed(): Promise<void> {
    await this.#queue.flushed();
  }

  /** Drops what waits and closes the place. */
  giveUp(): void {
    this.#queue.giveUp();
    this.sink.close();
  }

  #written(records: number, error: unknown): void {
    if (error === null) return this.outage.worked();
    this.dropped += records;
    this.outage.failed(error);
    this.outage.missed(records);
  }
}
