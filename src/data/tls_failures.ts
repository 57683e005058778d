import type { Clock } from "../base/clock.ts";
import type { NetError } from "../base/errors.ts";
import { CLIENT_TLS_LOG_INTERVAL_MS, REPEATED_LOG_INTERVAL_MS } from "../base/limits.ts";
import { Board, Shared } from "../model/board.ts";
import type { Report } from "../model/messages.ts";
import type { ListenerSnapshot, TargetSnapshot } from "../model/snapshot.ts";
import type { LogThrottle } from "./log_throttle.ts";

/** Says in the log which TLS failed and why, now and then for each target and listener. */
export class TlsFailures {
  constructor(
    private readonly throttle: LogThrottle,
    private readonly clock: Pick<Clock, "wallTime">,
    private readonly report: (report: Report) => void,
  ) {}

  /** With a target. The client is not to know. */
  ofTarget(app: string, target: TargetSnapshot, error: NetError): void {
    if (!this.#mayLog(target.slot, REPEATED_LOG_INTERVAL_MS)) return;
    const fields = { app, target: target.key, error: error.message };
    this.report({ type: "log", level: "warn", event: "target_tls_failed", fields });
  }

  /** With a client. */
  ofClient(app: string, listener: ListenerSnapshot, error: NetError): void {
    if (!this.#mayLog(listener.slot, CLIENT_TLS_LOG_INTERVAL_MS)) return;
    const fields = { app, listener: listener.key, error: error.message };
    this.report({ type: "log", level: "warn", event: "client_tls_failed", fields });
  }

  #mayLog(slot: number, intervalMs: number): boolean {
    const word = Board.word(slot, Shared.tlsLoggedAt);
    return this.throttle.mayLog(word, this.clock.wallTime(), intervalMs);
  }
}
