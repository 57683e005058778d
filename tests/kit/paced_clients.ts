import { askOnce } from "./client.ts";
import { within } from "./within.ts";

/** How one of {@link PacedClients} fared. */
export interface PacedResult {
  /** `performance.now()` when it began. */
  readonly startedAt: number;
  /** From then to its echo, milliseconds. */
  readonly tookMs: number;
  /** What went wrong; null where nothing did. */
  readonly failure: string | null;
}

/** New connections at a steady pace, whatever becomes of the earlier ones: each asks once, and gets its echo. */
export class PacedClients {
  readonly results: PacedResult[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(private readonly port: number, perSecond: number) {
    this.#timer = setInterval(() => {
      const run = this.#run().finally(() => this.#underWay.delete(run));
      this.#underWay.add(run);
    }, 1000 / perSecond);
  }

  /** Those that began within a span of `performance.now()`. */
  between(from: number, to = Infinity): PacedResult[] {
    return this.results.filter(({ startedAt }) => startedAt >= from && startedAt < to);
  }

  /** Begins no more, and waits for those under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const startedAt = performance.now();
    const failure = await within("an echo", askOnce(this.port)).then(
      (reply) => reply === "hello" ? null : `answered ${reply}`,
      (error: unknown) => `${error}`,
    );
    this.results.push({ startedAt, tookMs: performance.now() - startedAt, failure });
  }
}
