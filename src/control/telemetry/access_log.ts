import { ACCESS_BACKLOG_MAX_CHARS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import { AccessOutlet } from "./access_outlet.ts";
import type { AccessSink } from "./access_sink.ts";

/**
 * Writes the access log. A slow reader never holds up traffic or control: lines wait up to a limit, then they are
 * dropped and counted.
 */
export class AccessLog {
  /** Records dropped since the start because their reader was too slow or gone. */
  dropped = 0;
  #outlet: AccessOutlet | null = null;
  /** Outlets that still write what they were given. */
  readonly #leaving = new Set<AccessOutlet>();
  #isTooSlow = false;

  constructor(private readonly log: Logger) {}

  /**
   * Takes over a new place to write to (null for none). The old one is closed after what it was given is written, which
   * nobody waits for.
   */
  switchTo(sink: AccessSink | null): void {
    const old = this.#outlet;
    this.#outlet = sink === null ? null : new AccessOutlet(sink, this.log, (count) => this.dropped += count);
    if (old === null) return;
    this.#leaving.add(old);
    old.close().then(() => this.#leaving.delete(old));
  }

  /** Queues whole lines. */
  write(lines: string, count: number): void {
    if (this.#outlet === null) return;
    const { waitingChars } = this.#outlet;
    if (waitingChars === 0) this.#isTooSlow = false;
    if (waitingChars + lines.length <= ACCESS_BACKLOG_MAX_CHARS) return this.#outlet.write(lines, count);
    if (!this.#isTooSlow) this.log.warn("access log is too slow, dropping records", {});
    this.#isTooSlow = true;
    this.dropped += count;
  }

  /** Resolves when all queued lines are written or given up. A reader that never reads holds it up. */
  async flush(): Promise<void> {
    await Promise.all([this.#outlet, ...this.#leaving].map((outlet) => outlet?.flushed()));
  }
}
