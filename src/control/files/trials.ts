import process from "node:process";
import type { Clock } from "../../base/clock.ts";

/** What came of trying something. */
export interface Trial {
  /** Why it cannot be used; null when it can. */
  readonly failure: string | null;
  /** It took too long: another time it may be otherwise. */
  readonly isTimeout: boolean;
}

/** How long verdicts count. */
export interface TrialLimits {
  /** One that came of a time-out, milliseconds. */
  readonly timeoutVerdictMs: number;
  /** Most verdicts that are remembered; those that were asked for last stay. */
  readonly mostVerdicts: number;
}

interface Verdict {
  readonly failure: string | null;
  /** Time of the clock from which on it counts no longer. */
  readonly until: number;
}

/**
 * Remembers what became of what files hold when it was tried. That depends on nothing but their text, so each is tried
 * once, however many apps use it and however often its files are read.
 */
export class Trials<T> {
  /** By hash, those that were asked for last at the end. */
  readonly #verdicts = new Map<string, Verdict>();
  /** Trials that are under way, by hash. */
  readonly #running = new Map<string, Promise<void>>();

  /**
   * @param attempt how one is tried.
   * @param textOf all that the outcome depends on.
   */
  constructor(
    private readonly clock: Clock,
    private readonly attempt: (subject: T, clock: Clock) => Promise<Trial>,
    private readonly textOf: (subject: T) => string,
    private readonly limits: TrialLimits,
  ) {}

  /** Why one cannot be used; null when it can, undefined when it was not tried yet. */
  failure(subject: T): string | null | undefined {
    const hash = this.#hashOf(subject);
    const verdict = this.#verdicts.get(hash);
    if (verdict === undefined || verdict.until <= this.clock.now()) return undefined;
    this.#remember(hash, verdict);
    return verdict.failure;
  }

  /**
   * Tries some, one after another; those that are known are left out.
   * @returns whether one of them cannot be used.
   */
  async settle(subjects: readonly T[]): Promise<boolean> {
    let isAnyBad = false;
    for (const subject of subjects) {
      if (this.failure(subject) === undefined) await this.#try(subject);
      isAnyBad ||= this.failure(subject) !== null;
    }
    return isAnyBad;
  }

  #try(subject: T): Promise<void> {
    const hash = this.#hashOf(subject);
    const running = this.#running.get(hash) ?? this.#attempt(subject, hash);
    this.#running.set(hash, running);
    return running;
  }

  async #attempt(subject: T, hash: string): Promise<void> {
    const { failure, isTimeout } = await this.attempt(subject, this.clock);
    const until = isTimeout ? this.clock.now() + this.limits.timeoutVerdictMs : Infinity;
    this.#running.delete(hash);
    this.#remember(hash, { failure, until });
  }

  #remember(hash: string, verdict: Verdict): void {
    this.#verdicts.delete(hash);
    this.#verdicts.set(hash, verdict);
    if (this.#verdicts.size <= this.limits.mostVerdicts) return;
    for (const oldest of this.#verdicts.keys()) return void this.#verdicts.delete(oldest);
  }

  /** What is remembered must not be what was tried: that may be a private key. */
  #hashOf(subject: T): string {
    const { createHash } = process.getBuiltinModule("node:crypto");
    return createHash("sha256").update(this.textOf(subject)).digest("base64");
  }
}
