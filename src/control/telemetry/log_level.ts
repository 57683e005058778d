import type { Clock } from "../../base/clock.ts";
import type { Logger, LogLevel, PartLevels } from "../../base/log.ts";
import { LOG_PARTS, type LogPart } from "../../base/log_parts.ts";

/** A level, and why it is that. */
export interface LevelStatus {
  /** In force. */
  readonly level: LogLevel;
  /** What the config, or the command line, says. */
  readonly configured: LogLevel;
  /** When the operator's word ends, since the epoch; null where there is none, or it has no end. */
  readonly until: number | null;
  readonly overridden: boolean;
}

/** The level of the log, and of those parts of the program that have one of their own. */
export interface LogLevelStatus extends LevelStatus {
  readonly parts: readonly (LevelStatus & { readonly part: LogPart })[];
}

/** What an operator says of the level. */
export interface LevelOverride {
  /** Null takes it back. */
  readonly level: LogLevel | null;
  /** Null for the whole program; what was said of a part counts more. */
  readonly part: LogPart | null;
  /** Until it ends by itself, milliseconds; null for never. */
  readonly forMs: number | null;
  readonly by: string;
}

/** An operator's word. */
interface Word {
  readonly level: LogLevel;
  readonly until: number | null;
  cancelEnd(): void;
}

/**
 * The level of the program's log: what the config says, until an operator says otherwise. Reloads do not undo that. What
 * an operator says of the whole counts more than what the config says of a part.
 */
export class LogLevelControl {
  #configured: LogLevel;
  #configuredParts: PartLevels = {};
  /** By part, null for the whole program. */
  readonly #words = new Map<LogPart | null, Word>();

  /** @param configured the level that the log has. */
  constructor(private readonly clock: Clock, private readonly log: Logger, configured: LogLevel) {
    this.#configured = configured;
  }

  /** As it is. */
  get status(): LogLevelStatus {
    const parts = LOG_PARTS.filter((part) =>
      this.#words.has(part) || this.#configuredParts[part] !== undefined
    );
    return { ...this.#status(null), parts: parts.map((part) => ({ part, ...this.#status(part) })) };
  }

  /** The config says this from now on. */
  configure(level: LogLevel, parts: PartLevels = {}): void {
    this.#configured = level;
    this.#configuredParts = parts;
    this.#apply();
  }

  /** An operator says this, in place of what was said before. */
  override({ level, part, forMs, by }: LevelOverride): void {
    this.#words.get(part)?.cancelEnd();
    this.#words.delete(part);
    if (level !== null) {
      const back = (): void => this.override({ level: null, part, forMs: null, by: "its end" });
      this.#words.set(part, {
        level,
        until: forMs === null ? null : this.clock.wallTime() + forMs,
        cancelEnd: forMs === null ? () => {} : this.clock.timer(forMs, back),
      });
    }
    this.#apply();
    const ofPart = part === null ? {} : { part };
    this.log.info("log_level_set", { log_level: this.#status(part).level, ...ofPart, by });
  }

  /** Forgets the ends of what operators said. */
  close(): void {
    for (const word of this.#words.values()) word.cancelEnd();
  }

  #status(part: LogPart | null): LevelStatus {
    const word = this.#words.get(part);
    const configured = (part === null ? undefined : this.#configuredParts[part]) ?? this.#configured;
    return {
      level: word?.level ?? this.#words.get(null)?.level ?? configured,
      configured,
      until: word?.until ?? null,
      overridden: word !== undefined,
    };
  }

  #apply(): void {
    const { level, parts } = this.status;
    this.log.configure({
      level,
      parts: Object.fromEntries(parts.map((one) => [one.part, one.level])),
    });
  }
}
