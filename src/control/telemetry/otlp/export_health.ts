import type { Logger } from "../../../base/log.ts";
import type { SignalCounts } from "../signal_counts.ts";
import type { OtlpSignal } from "./settings/receiver.ts";

/** Counts what becomes of one signal, and says once that it cannot be sent, and once that it can again. */
export class ExportHealth implements SignalCounts {
  sent = 0;
  dropped = 0;
  #isFailing = false;
  /** Dropped before it failed. */
  #droppedBefore = 0;

  constructor(readonly signal: OtlpSignal, private readonly endpoint: string, private readonly log: Logger) {}

  /** A request failed; it may yet succeed. */
  failed(error: string): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#droppedBefore = this.dropped;
    const { signal, endpoint } = this;
    this.log.warn("otlp_failing", { signal, endpoint, error });
  }

  /** Items are lost. */
  lost(count: number, error: string): void {
    // First, so that the loss belongs to the outage.
    this.failed(error);
    this.dropped += count;
  }

  /** The receiver took items. @param isCalm nothing waits any more: it keeps up. */
  took(count: number, isCalm: boolean): void {
    this.sent += count;
    if (!this.#isFailing || !isCalm) return;
    this.#isFailing = false;
    this.log.info("otlp_recovered", { signal: this.signal, dropped: this.dropped - this.#droppedBefore });
  }
}
