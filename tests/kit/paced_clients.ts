import { errorMessage } from "../../src/base/errors.ts";
import { askOnce } from "./client.ts";
import { HttpClient } from "./http_client.ts";
import { within } from "./within.ts";

/** How one of {@link PacedClients} fared. */
export interface PacedResult {
  /** `performance.now()` when it began. */
  readonly startedAt: number;
  /** From then to its answer, milliseconds. */
  readonly tookMs: number;
  /** What went wrong; null where nothing did. */
  readonly failure: string | null;
}

/** One client's whole life. @throws {Error} when it was not served. */
export type PacedClient = () => Promise<void>;

/** New connections at a steady pace, whatever becomes of the earlier ones. */
export class PacedClients {
  readonly results: PacedResult[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(perSecond: number, private readonly client: PacedClient) {
    this.#timer = setInterval(() => {
      const run = this.#run().finally(() => this.#underWay.delete(run));
      this.#underWay.add(run);
    }, 1000 / perSecond);
  }

  /** What went wrong with those that began at a `performance.now()` or later. */
  failuresSince(startedAt: number): string[] {
    return this.results.flatMap((one) => one.startedAt >= startedAt ? one.failure ?? [] : []);
  }

  /** Begins no more, and waits for those under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const startedAt = performance.now();
    const failure = await within("an answer", this.client()).then(() => null, errorMessage);
    this.results.push({ startedAt, tookMs: performance.now() - startedAt, failure });
  }
}

/** Connects to a port of this machine, asks once, and wants its echo. */
export function echoClient(port: number): PacedClient {
  return async () => {
    const reply = await askOnce(port);
    if (reply !== "hello") throw new Error(`Answered ${reply}`);
  };
}

/** Connects to a port of this machine, sends a request, and wants a 200. */
export function requestClient(port: number): PacedClient {
  return async () => {
    using client = await HttpClient.to(port);
    const { status } = await client.get();
    if (status !== 200) throw new Error(`Answered ${status}`);
  };
}
