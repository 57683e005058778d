import { CHANGE_GATHER_MS } from "../../../../src/base/limits.ts";
import type { LookupCall, LookupResult } from "../../../../src/control/dns/lookup.ts";
import { Resolver, type ResolverOptions } from "../../../../src/control/dns/resolver.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

/** What is not said otherwise. */
export const OPTIONS: ResolverOptions = {
  servers: [],
  family: "both",
  minTtlMs: 1_000,
  maxTtlMs: 300_000,
  negativeTtlMs: 5_000,
  onFailure: "keep_last",
};

/** A look-up that waits for its answer. */
export interface Question {
  readonly host: string;
  readonly at: number;
  readonly call: LookupCall;
  answer(result: Partial<LookupResult>): void;
  fail(): void;
}

/** A resolver whose look-ups the test answers. */
export class AskedResolver {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly questions: Question[] = [];
  /** Names that were told to have changed, those that were told together in one string. */
  readonly changed: string[] = [];
  readonly resolver: Resolver;

  constructor(options: Partial<ResolverOptions> = {}) {
    this.resolver = new Resolver(
      this.clock,
      this.log.log,
      { ...OPTIONS, ...options },
      (hosts) => this.changed.push([...hosts].join()),
      (host, call) =>
        new Promise((resolve, reject) =>
          this.questions.push({
            host,
            at: this.clock.now(),
            call,
            answer: (result) => resolve(found(result)),
            fail: () => reject(new Error(`no such name ${host}`)),
          })
        ),
    );
  }

  /** Answers the last question, and lets the resolver take note. */
  async answer(ips: readonly string[], ttlMs: number | null = 10_000): Promise<void> {
    this.questions.at(-1)?.answer({ ips, ttlMs });
    await settle();
  }

  async fail(): Promise<void> {
    this.questions.at(-1)?.fail();
    await settle();
  }

  /** Lets the time pass in which changes are gathered. @returns all that was told so far. */
  told(): readonly string[] {
    this.clock.advance(CHANGE_GATHER_MS);
    return this.changed;
  }
}

/** A result with what is left out. */
export function found(result: Partial<LookupResult>): LookupResult {
  return { ips: [], ttlMs: 10_000, unanswered: null, ...result };
}

/** Lets promise callbacks run; no timer is involved. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
