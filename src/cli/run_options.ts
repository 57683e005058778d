import type { LogFields, LogLevel } from "../base/log.ts";
import type { ConfigSubscriber } from "../control/config/mod.ts";
import type { Status } from "../control/daemon/status.ts";
import type { AccessLog, RecordFormat } from "../control/telemetry/access_log.ts";

/** How the proxy is run. */
export interface RunOptions {
  /** Where the config comes from. */
  readonly subscriber: ConfigSubscriber;
  /** Overrides `log.level` of the config. */
  readonly logLevel?: LogLevel | undefined;
  /** How records of the access log look, whatever the config says. */
  readonly formatAccess?: RecordFormat;
  /** Ends with exit code 1 when an address cannot be bound at the start; otherwise it is tried again. */
  readonly bindOrExit?: boolean;
  /** Drains and exits by itself this long after the start, milliseconds. */
  readonly stopAfterMs?: number | undefined;
  /** Called after the first config is in force. */
  onReady?(status: Status, log: AccessLog, proxy: RunningProxy): void;
}

/** The proxy, for what runs in the same process. */
export interface RunningProxy {
  status(): Status;
  /** Drains and exits; the second time exits at once, with the exit code of a second SIGINT. @param cause for the log. */
  stop(cause: LogFields): void;
}
