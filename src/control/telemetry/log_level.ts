import type { Clock } from "../../base/clock.ts";
import type { Logger, LogLevel } from "../../base/log.ts";

/** The level of the log, and why it is that. */
export interface LogLevelStatus {
  /** In force. */
  readonly level: LogLevel;
  /** What the config, or the command line, says. */
  readonly configured: LogLevel;
  /** When the operator's word ends, since the epoch; null where there is none, or it has no end. */
  readonly until: number | null;
  readonly overridden: boolean;
}

/** The level of the program's log: what the config says, until an operator says otherwise. Reloads do not undo that. */
export class LogLevelControl {
  #configured: LogLevel;
  #override: { readonly level: LogLevel; readonly until: number | null } | null = null;
  #cancelEnd: () => void = () => {};

  /** @param configured the level that the log has. */
  constructor(private readonly clock: Clock, private readonly log: Logger, configured: LogLevel) {
    this.#configured = configured;
  }

  /** As it is. */
  get status(): LogLevelStatus {
    return {
      level: this.#override?.level ?? this.#configured,
      configured: this.#configured,
      until: this.#override?.until ?? null,
      overridden: this.#override !== null,
    };
  }

  /** The config says this from now on. */
  configure(level: LogLevel): void {
    this.#configured = level;
    this.#apply();
  }

  /** An operator says this. @param level null takes it back. @param forMs until it ends by itself; null for never. */
  override(level: LogLevel | null, forMs: number | null, by: string): void {
    this.#cancelEnd();
    this.#cancelEnd = () => {};
    const until = forMs === null ? null : this.clock.wallTime() + forMs;
    this.#override = level === null ? null : { level, until };
    if (level !== null && forMs !== null) {
      this.#cancelEnd = this.clock.timer(forMs, () => this.override(null, null, "its end"));
    }
    this.#apply();
    this.log.info("log_level_set", { log_level: this.status.level, by });
  }

  /** Forgets the end of what an operator said. */
  close(): void {
    this.#cancelEnd();
  }

  #apply(): void {
    this.log.configure({ level: this.status.level });
  }
}
