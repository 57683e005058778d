import type { Clock } from "../../../base/clock.ts";
import { ReloadLog } from "../reload_log.ts";
import { type Exposed, Exposition } from "./exposition.ts";
import type { Family } from "./family.ts";
import { LoopDelay } from "./loop_delay.ts";
import { ProcessUsage } from "./process_usage.ts";
import { type MetricsSource, Scrape } from "./scrape.ts";

/** What metrics are made from; they keep the rest themselves. */
export type MetricsOptions =
  & Omit<MetricsSource, "reloads" | "loopDelay" | "process">
  & { readonly clock: Clock };

/** The metrics of a running proxy. */
export class Metrics {
  /** To be told how configs were taken over. */
  readonly reloads: ReloadLog;
  readonly #loopDelay: LoopDelay;
  readonly #exposition: Exposition;
  readonly #source: MetricsSource;

  constructor(readonly families: readonly Family[], options: MetricsOptions) {
    const { clock } = options;
    this.reloads = new ReloadLog(clock);
    this.#loopDelay = new LoopDelay(clock);
    this.#source = {
      ...options,
      reloads: this.reloads,
      loopDelay: this.#loopDelay,
      process: new ProcessUsage(clock),
    };
    this.#exposition = new Exposition(families, this.#source, clock);
  }

  /** Begins to watch the event loop. Once. */
  start(): void {
    this.#loopDelay.start();
  }

  /** Watches no more. */
  close(): void {
    this.#loopDelay.close();
  }

  /** Begins to read them: what families collect of it is as it is now. */
  scrape(): Scrape {
    return new Scrape(this.#source);
  }

  /** All metrics as they are now. @param isOpenMetrics else in the text format of Prometheus. */
  render(isOpenMetrics: boolean): Promise<Exposed> {
    return this.#exposition.render(isOpenMetrics);
  }
}
