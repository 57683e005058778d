import { promises as dns } from "node:dns";
import { MAX_SYSTEM_LOOKUPS } from "../../base/limits.ts";

/** What finds addresses: getaddrinfo(3), unless a test says otherwise. */
export type FindAddresses = (host: string) => Promise<readonly string[]>;

/**
 * Asks the system for addresses of names, of {@link MAX_SYSTEM_LOOKUPS} at once. Each takes a thread of the few that the
 * runtime has for such work, for 15 s where a DNS server is silent, and cannot be called off: one that nobody waits for
 * any more still counts until the system has answered.
 */
export class SystemAddresses {
  #free = MAX_SYSTEM_LOOKUPS;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly findAddresses: FindAddresses = getAddrInfo) {}

  /** In the system's order of preference. Rejects as the system does, or with the signal's reason once it is aborted. */
  async find(host: string, signal: AbortSignal): Promise<readonly string[]> {
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    return await untilAbort(this.findAddresses(host).finally(() => this.#release()), signal);
  }

  /** Resolves when a place was handed over. */
  async #turn(signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.add(turn.resolve);
    try {
      await untilAbort(turn.promise, signal);
    } catch (error) {
      // It may have come at the same moment: then it is the next one's.
      if (!this.#waiting.delete(turn.resolve)) this.#release();
      throw error;
    }
  }

  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
    } else {
      this.#waiting.delete(next);
      next();
    }
  }
}

/** What the system makes of a name, in its order of preference; rejects when it has no address (man 3 getaddrinfo). */
export async function getAddrInfo(host: string): Promise<readonly string[]> {
  return (await dns.lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

/** What the promise gives, unless the signal is aborted first; then nobody hears what it gives. */
async function untilAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  promise.catch(() => {});
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
