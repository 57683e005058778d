import { promises as dns, Resolver } from "node:dns";
import { promisify } from "node:util";
import type { Clock } from "../../base/clock.ts";
import { TTL_WAIT_MS } from "../../base/limits.ts";

/** What a name stands for now. */
export interface LookupResult {
  /** IP literals, best first. Never empty. */
  readonly ips: readonly string[];
  /** How long that may be kept, milliseconds; null where the source does not say (hosts file, say). */
  readonly ttlMs: number | null;
}

/** Looks one name up. Rejects when it has no address. */
export type Lookup = (host: string) => Promise<LookupResult>;

/**
 * The system's own idea of a name (hosts file, search domains, `resolv.conf`), in the system's order of preference
 * (RFC 6724). The TTL is asked from DNS beside it; where no answer comes soon the name is taken without one.
 */
export function systemLookup(clock: Clock): Lookup {
  return async (host) => {
    const resolver = new Resolver();
    const ttl = dnsRecords(resolver, host).then((found) => found.ttlMs, () => null);
    try {
      const found = await dns.lookup(host, { all: true, verbatim: true });
      return {
        ips: interleaveFamilies(found.map((entry) => entry.address)),
        ttlMs: await soon(ttl, clock),
      };
    } finally {
      resolver.cancel();
    }
  };
}

/** Asks the given DNS servers (`ip` or `ip:port`) and nothing else. */
export function serverLookup(servers: readonly string[]): Lookup {
  const resolver = new Resolver();
  resolver.setServers([...servers]);
  return (host) => dnsRecords(resolver, host);
}

interface Answer {
  readonly address: string;
  readonly ttl: number;
}

async function dnsRecords(resolver: Resolver, host: string): Promise<LookupResult> {
  const resolve4 = promisify((name: string, done: (error: Error | null, found: Answer[]) => void) =>
    resolver.resolve4(name, { ttl: true }, done)
  );
  const resolve6 = promisify((name: string, done: (error: Error | null, found: Answer[]) => void) =>
    resolver.resolve6(name, { ttl: true }, done)
  );
  const outcomes = await Promise.allSettled([resolve6(host), resolve4(host)]);
  const answers = outcomes.flatMap((outcome) => outcome.status === "fulfilled" ? outcome.value : []);
  if (answers.length === 0) {
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    throw failed?.reason ?? new Error(`No address found for ${host}`);
  }
  const ttlMs = Math.min(...answers.map((answer) => answer.ttl)) * 1000;
  return { ips: interleaveFamilies(answers.map((answer) => answer.address)), ttlMs };
}

/** The value, or null where it takes longer than is worth waiting for. */
async function soon<T>(value: Promise<T>, clock: Clock): Promise<T | null> {
  let cancel = (): void => {};
  const late = new Promise<null>((resolve) => {
    cancel = clock.timer(TTL_WAIT_MS, () => resolve(null));
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    cancel();
  }
}

/** Alternates the families, the first one's first (RFC 8305 section 4), without duplicates. */
export function interleaveFamilies(ips: readonly string[]): string[] {
  const unique = [...new Set(ips)];
  const isFirstFamily = (ip: string): boolean => ip.includes(":") === unique[0]?.includes(":");
  const first = unique.filter(isFirstFamily);
  const second = unique.filter((ip) => !isFirstFamily(ip));
  const mixed: string[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    const [a, b] = [first[i], second[i]];
    if (a !== undefined) mixed.push(a);
    if (b !== undefined) mixed.push(b);
  }
  return mixed;
}
