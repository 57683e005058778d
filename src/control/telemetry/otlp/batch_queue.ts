import type { Clock } from "../../../base/clock.ts";
import type { BatchSettings } from "./settings/settings.ts";

/**
 * What waits to be sent, in order and bounded. A batch is sent when it is full, or a time after its first item came; one at
 * a time.
 */
export class BatchQueue<Item> {
  readonly #waiting: Item[] = [];
  #cancelTimer: (() => void) | null = null;
  #sending: Promise<void> | null = null;

  /** @param send never rejects. */
  constructor(
    private readonly clock: Clock,
    private readonly settings: Pick<BatchSettings, "maxQueue" | "maxBatch" | "delayMs">,
    private readonly send: (batch: readonly Item[]) => Promise<void>,
  ) {}

  /** Items that wait, without those that are being sent. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Takes items. @returns how many there was no room for. */
  push(items: readonly Item[]): number {
    const { maxQueue, maxBatch, delayMs } = this.settings;
    const room = maxQueue - this.#waiting.length;
    const taken = items.length > room ? items.slice(0, room) : items;
    for (const item of taken) this.#waiting.push(item);
    if (this.#waiting.length >= maxBatch) this.#start();
    else if (this.#waiting.length > 0 && this.#sending === null) {
      this.#cancelTimer ??= this.clock.timer(delayMs, () => this.#start());
    }
    return items.length - taken.length;
  }

  /** Sends all that waits, and resolves when it is sent or given up. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#sending !== null) {
      this.#start();
      await this.#sending;
    }
  }

  /** Gives up what waits. @returns how many items that were. */
  clear(): number {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    return this.#waiting.splice(0).length;
  }

  #start(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#waiting.length > 0) this.#sending ??= this.#sendAll();
  }

  /** What came while a batch was sent follows it, full or not: it has waited. */
  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.send(this.#waiting.splice(0, this.settings.maxBatch));
    this.#sending = null;
  }
}
