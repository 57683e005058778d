import type { Clock } from "../../base/clock.ts";
import type { Config } from "../../model/config.ts";
import type { Diagnostic } from "../config/diagnostic.ts";

/** Rollouts that are remembered. */
const MAX_KEPT = 100;

/** What became of a config. */
export type RolloutResult =
  /** It is in force. */
  | "applied"
  /** It has a mistake, or there is none. */
  | "refused"
  /** It could not be taken over, although it is valid. */
  | "failed"
  /** There is no room for it yet: it is tried again. */
  | "waiting"
  /** A newer one came before its turn. */
  | "superseded";

/** Names of the apps that a rollout touched. */
export interface TouchedApps {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** One config that was found, and what became of it. */
export interface RolloutEntry extends TouchedApps {
  /** Counted from 1 since the start of the program. */
  readonly number: number;
  /** Where it comes from, for people. */
  readonly source: string;
  /** SHA-256 of its text, hexadecimal; empty where there is no text. */
  readonly hash: string;
  readonly result: RolloutResult;
  /** Under which it is in force; null where it is not. */
  readonly revision: number | null;
  /** Since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Mistakes, and what is doubtful. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why it failed; empty where it did not. */
  readonly error: string;
}

/** What a rollout is of. */
export type RolloutSubject = Pick<RolloutEntry, "source" | "hash" | "diagnostics">;

/** What it came to. */
export interface RolloutOutcome extends Partial<TouchedApps> {
  readonly result: RolloutResult;
  readonly revision?: number;
  readonly error?: string;
}

/** A config that is in force. */
export interface RunningConfig {
  readonly config: Config;
  readonly source: string;
  readonly hash: string;
}

/** Hears of rollouts, as they come and end. */
export interface RolloutObserver {
  began(): void;
  ended(entry: RolloutEntry): void;
}

type Waiter = (entry: RolloutEntry) => void;

/** The last rollouts of this process, and who waits for the next. */
export class RolloutLog {
  readonly #entries: RolloutEntry[] = [];
  readonly #waiters = new Set<Waiter>();
  #running: RunningConfig | null = null;
  #count = 0;

  constructor(private readonly clock: Clock, private readonly observer: RolloutObserver | null = null) {}

  /** Oldest first. */
  get entries(): readonly RolloutEntry[] {
    return this.#entries;
  }

  /** The config in force, null before the first. */
  get running(): RunningConfig | null {
    return this.#running;
  }

  /**
   * A rollout begins.
   * @returns notes what it came to. @param running the config, where it is in force from now on.
   */
  begin(subject: RolloutSubject): (outcome: RolloutOutcome, running?: Config) => void {
    const startedAt = this.clock.wallTime();
    const from = this.clock.now();
    this.observer?.began();
    return (outcome, running) => {
      const { source, hash } = subject;
      if (running !== undefined) this.#running = { config: running, source, hash };
      this.#add({
        number: ++this.#count,
        ...subject,
        startedAt,
        durationMs: Math.round(this.clock.now() - from),
        result: outcome.result,
        revision: outcome.revision ?? null,
        error: outcome.error ?? "",
        added: outcome.added ?? [],
        changed: outcome.changed ?? [],
        removed: outcome.removed ?? [],
      });
    };
  }

  /** The next rollout that ends and fits; null when there was none in that time. */
  next(fits: (entry: RolloutEntry) => boolean, timeoutMs: number): Promise<RolloutEntry | null> {
    const { promise, resolve } = Promise.withResolvers<RolloutEntry | null>();
    const waiter: Waiter = (entry) => {
      if (!fits(entry)) return;
      this.#waiters.delete(waiter);
      cancel();
      resolve(entry);
    };
    const cancel = this.clock.timer(timeoutMs, () => {
      this.#waiters.delete(waiter);
      resolve(null);
    });
    this.#waiters.add(waiter);
    return promise;
  }

  #add(entry: RolloutEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > MAX_KEPT) this.#entries.shift();
    this.observer?.ended(entry);
    for (const waiter of [...this.#waiters]) waiter(entry);
  }
}
