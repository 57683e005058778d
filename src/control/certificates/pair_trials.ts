import process from "node:process";
import { type Clock, systemClock } from "../../base/clock.ts";
import { CERTIFICATE_TIMEOUT_VERDICT_MS, CERTIFICATE_VERDICTS_MAX } from "../../base/limits.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import { tryPair } from "./try_pair.ts";

interface Verdict {
  readonly failure: string | null;
  /** Time of the clock from which on it counts no longer. */
  readonly until: number;
}

/**
 * Remembers what became of certificates and their keys when they were tried. That depends on nothing but their text, so
 * each is tried once, however many apps show it and however often its files are read.
 */
export class PairTrials {
  /** By hash, those that were asked for last at the end. */
  readonly #verdicts = new Map<string, Verdict>();
  /** Trials that are under way, by hash. */
  readonly #running = new Map<string, Promise<void>>();

  /** @param attempt how a pair is tried; tests put an answer of their own here. */
  constructor(private readonly clock: Clock = systemClock, private readonly attempt = tryPair) {}

  /** Why a pair cannot be used; null when it can, undefined when it was not tried yet. */
  failure(pair: ServerCertificate): string | null | undefined {
    const hash = hashOf(pair);
    const verdict = this.#verdicts.get(hash);
    if (verdict === undefined || verdict.until <= this.clock.now()) return undefined;
    this.#remember(hash, verdict);
    return verdict.failure;
  }

  /**
   * Tries pairs, one after another; those that are known are left out.
   * @returns whether one of them cannot be used.
   */
  async settle(pairs: readonly ServerCertificate[]): Promise<boolean> {
    let isAnyBad = false;
    for (const pair of pairs) {
      if (this.failure(pair) === undefined) await this.#try(pair);
      isAnyBad ||= this.failure(pair) !== null;
    }
    return isAnyBad;
  }

  #try(pair: ServerCertificate): Promise<void> {
    const hash = hashOf(pair);
    const running = this.#running.get(hash) ?? this.#attempt(pair, hash);
    this.#running.set(hash, running);
    return running;
  }

  async #attempt(pair: ServerCertificate, hash: string): Promise<void> {
    const { failure, isTimeout } = await this.attempt(pair, this.clock);
    const until = isTimeout ? this.clock.now() + CERTIFICATE_TIMEOUT_VERDICT_MS : Infinity;
    this.#running.delete(hash);
    this.#remember(hash, { failure, until });
  }

  #remember(hash: string, verdict: Verdict): void {
    this.#verdicts.delete(hash);
    this.#verdicts.set(hash, verdict);
    if (this.#verdicts.size <= CERTIFICATE_VERDICTS_MAX) return;
    for (const oldest of this.#verdicts.keys()) return void this.#verdicts.delete(oldest);
  }
}

/** Those of the process. */
export const pairTrials: PairTrials = new PairTrials();

/** What is remembered of a key must not be the key. */
function hashOf({ cert, key }: ServerCertificate): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(cert).update("\0").update(key).digest("base64");
}
