import type { Clock } from "../../../base/clock.ts";
import { BatchQueue } from "./batch_queue.ts";
import type { Delivery } from "./delivery.ts";
import type { BatchSettings } from "./settings/settings.ts";

/** Sends items of one signal in batches. Who has an item never waits: what there is no room for is dropped and counted. */
export class BatchExporter<Item> {
  readonly #queue: BatchQueue<Item>;

  constructor(clock: Clock, settings: BatchSettings, private readonly delivery: Delivery<readonly Item[]>) {
    this.#queue = new BatchQueue(clock, settings, async (batch) => {
      await delivery.send(batch, batch.length, () => this.#queue.length < settings.maxBatch);
    });
  }

  /** Takes items. */
  push(items: readonly Item[]): void {
    const lost = this.#queue.push(items);
    if (lost > 0) this.lost(lost);
  }

  /** Items were dropped before they came here. */
  lost(count: number): void {
    this.delivery.health.lost(count, "more comes than the receiver takes");
  }

  /** Sends all that waits; resolves when that is done, or {@link stop} was called. */
  async flush(): Promise<void> {
    await this.#queue.flush();
  }

  /** Gives up what waits and what is under way. */
  stop(): void {
    const waiting = this.#queue.clear();
    this.delivery.stop();
    if (waiting > 0) this.delivery.health.lost(waiting, "given up at the exit");
  }
}
