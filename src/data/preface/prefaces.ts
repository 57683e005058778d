import { CLIENT_PREFACE_LOG_INTERVAL_MS } from "../../base/limits.ts";
import { formatAddress } from "../../model/address.ts";
import { Board, Shared } from "../../model/board.ts";
import type { Report } from "../../model/messages.ts";
import type { SessionContext } from "../client_session.ts";
import type { LogThrottle } from "../log_throttle.ts";
import type { ProxiedClient } from "../proxy_protocol/proxied_client.ts";
import type { AcceptedClient } from "./accepted_client.ts";
import { Preface, type PrefaceOwner } from "./preface.ts";

/** What {@link Prefaces} work with. */
export interface PrefacesOptions {
  readonly throttle: LogThrottle;
  report(report: Report): void;
  /** The session that a preface stood in for is to begin. */
  onPassed(preface: Preface, proxied: ProxiedClient | null): void;
}

/** Begins the prefaces of a thread, and says in the log now and then, for each listener, who was turned away and why. */
export class Prefaces implements PrefaceOwner {
  constructor(private readonly context: SessionContext, private readonly options: PrefacesOptions) {}

  /** Not started yet. */
  begin(client: AcceptedClient): Preface {
    return new Preface(this.context, client, this);
  }

  onPassed(preface: Preface, proxied: ProxiedClient | null): void {
    this.options.onPassed(preface, proxied);
  }

  onRefused({ app, listener, client: { connection } }: Preface, error: string): void {
    const { options: { report, throttle }, context: { clock } } = this;
    const word = Board.word(listener.slot, Shared.answerLoggedAt);
    if (!throttle.mayLog(word, clock.wallTime(), CLIENT_PREFACE_LOG_INTERVAL_MS)) return;
    const sender = formatAddress(connection.remote);
    const fields = { app: app.snapshot.name, listener: listener.key, sender, error };
    report({ type: "log", level: "warn", event: "proxy_header_refused", fields });
  }
}
