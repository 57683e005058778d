import { systemClock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { AccessLog } from "../../control/telemetry/access_log.ts";
import { type AccessSink, isLogFile, openAccessSink } from "../../control/telemetry/access_sink.ts";

/** A place that was opened for the access log, and is not written to yet. */
export interface OpenedDestination {
  readonly to: string;
  /** Null for none. */
  readonly sink: AccessSink | null;
}

/** Where the access log goes, as the config says. */
export class AccessDestination {
  #to = "none";

  constructor(private readonly accessLog: AccessLog, private readonly log: Logger) {}

  /** Opens where `access_log.to` says. @returns null where it goes there already. @throws when it cannot be opened. */
  async open(to: string): Promise<OpenedDestination | null> {
    return to === this.#to ? null : { to, sink: await openAccessSink(to, systemClock) };
  }

  /** Goes there from now on. */
  use({ to, sink }: OpenedDestination): void {
    this.accessLog.switchTo(sink);
    this.#to = to;
  }

  /** Opens the file anew: what was renamed is written to no more, and no record is lost. */
  async reopen(): Promise<void> {
    const file = this.#to;
    if (!isLogFile(file)) return;
    try {
      this.accessLog.switchTo(await openAccessSink(file, systemClock));
      this.log.info("access_log_reopened", { access_log: file });
    } catch (error) {
      this.log.error("access_log_reopen_failed", { error: errorMessage(error) });
    }
  }
}
