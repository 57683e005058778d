import { type Clock, sleep } from "../../../base/clock.ts";
import { OTLP_POINTS_PER_REQUEST } from "../../../base/limits.ts";
import type { Metrics } from "../metrics/mod.ts";
import type { Delivery } from "./delivery.ts";
import type { MetricBatch, MetricPoints } from "./metric_point.ts";

/** How long metrics are read at a stretch before others have their turn, milliseconds. */
const STRETCH_MS = 10;

/** Where metrics are read. */
export type MetricReading = Pick<Metrics, "families" | "scrape">;

/** Reads all metrics now and then, as `/metrics` does, and sends them. */
export class MetricExporter {
  /** Milliseconds since the epoch. */
  readonly #startedAt: number;
  #cancelTimer: () => void = () => {};
  #sending: Promise<void> | null = null;
  #isClosed = false;

  /** @param intervalMs from one reading to the next; one that has not been sent by then delays it. */
  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly metrics: MetricReading,
    private readonly delivery: Delivery<MetricBatch>,
  ) {
    this.#startedAt = clock.wallTime();
  }

  /** Begins. Once. */
  start(): void {
    this.#cancelTimer = this.clock.timer(this.intervalMs, () => {
      void this.#send().finally(() => {
        if (!this.#isClosed) this.start();
      });
    });
  }

  /** Sends them a last time; resolves when that is done, or {@link stop} was called. */
  async flush(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer();
    await this.#sending;
    await this.#send();
  }

  /** Gives up what is under way. */
  stop(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.delivery.stop();
  }

  async #send(): Promise<void> {
    this.#sending = this.#sendAll();
    await this.#sending;
    this.#sending = null;
  }

  async #sendAll(): Promise<void> {
    for await (const { batch, count } of this.#read()) await this.delivery.send(batch, count, () => true);
  }

  /** All numbers, some thousand at a time. */
  async *#read(): AsyncGenerator<{ readonly batch: MetricBatch; readonly count: number }> {
    const { clock, metrics } = this;
    const scrape = metrics.scrape();
    const times = { startMs: this.#startedAt, readMs: clock.wallTime() };
    let points: MetricPoints[] = [];
    let count = 0;
    let restedAt = clock.now();
    for (const family of metrics.families) {
      const samples = [...family.collect(scrape)];
      for (let at = 0; at < samples.length;) {
        const part = samples.slice(at, at + OTLP_POINTS_PER_REQUEST - count);
        points.push({ family, samples: part } as MetricPoints);
        at += part.length;
        count += part.length;
        if (count < OTLP_POINTS_PER_REQUEST) continue;
        yield { batch: { points, ...times }, count };
        points = [];
        count = 0;
      }
      if (clock.now() - restedAt < STRETCH_MS) continue;
      await sleep(clock, 0);
      restedAt = clock.now();
    }
    if (count > 0) yield { batch: { points, ...times }, count };
  }
}
