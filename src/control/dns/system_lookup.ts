import type { Clock } from "../../base/clock.ts";
import { SECOND_FAMILY_WAIT_MS, SYSTEM_WAIT_MS, TTL_WAIT_MS } from "../../base/limits.ts";
import { askBothFamilies } from "./both_families.ts";
import { DnsClient } from "./dns_client.ts";
import { type Hosts, hostsFile, knownAddresses } from "./files/hosts_file.ts";
import { resolvConf, type SystemDnsSettings } from "./files/resolv_conf.ts";
import { interleaveFamilies } from "./interleave_families.ts";
import type { Lookup, LookupCall, LookupResult } from "./lookup.ts";
import { SystemAddresses } from "./system_addresses.ts";

/** What the system gives. */
export interface LookupSystem {
  /** Addresses of a name in the system's order of preference; rejects when the signal is aborted. */
  addresses(host: string, signal: AbortSignal): Promise<readonly string[]>;
  /** How it asks DNS. */
  dns(): SystemDnsSettings;
  /** What it knows without asking. */
  hosts(): Hosts;
}

/** The machine's own. */
function machine(clock: Clock): LookupSystem {
  const addresses = new SystemAddresses();
  const settings = resolvConf(clock);
  const hosts = hostsFile(clock);
  return {
    addresses: (host, signal) => addresses.find(host, signal),
    dns: () => settings.read(),
    hosts: () => hosts.read(),
  };
}

/**
 * The system's own idea of a name (hosts file, search domains, `resolv.conf`), in the system's order of preference
 * (RFC 6724). It tells no TTL, so DNS is asked for that beside it; where no answer comes soon the name is taken
 * without one. The system waits for both families, 15 s where a server is silent about one: meanwhile what it is going
 * to say is told as a part.
 */
export function systemLookup(clock: Clock, system: LookupSystem = machine(clock)): Lookup {
  const client = new DnsClient(clock, () => system.dns().servers);
  return async (host, call) => {
    const end = new AbortController();
    const beside = new DnsBeside(client, clock, host, end.signal);
    let isWaiting = true;
    const cancel = clock.timer(SYSTEM_WAIT_MS, async () => {
      const early = await earlyPart(host, beside, system);
      if (early !== null && isWaiting) call.onPart(early);
    });
    try {
      const ips = interleaveFamilies(await system.addresses(host, call.signal));
      isWaiting = false;
      return { ips, ttlMs: await waitForTtl(ips, beside, call, clock), unanswered: null };
    } finally {
      isWaiting = false;
      cancel();
      end.abort();
    }
  };
}

/** What DNS says of a name while the system is asked for it. */
class DnsBeside {
  /** What is known; null while nothing is, and for good where DNS does not know the name. */
  known: LookupResult | null = null;
  /** Ends when something is known, and when nothing will be. */
  readonly some: Promise<void>;

  constructor(client: DnsClient, clock: Clock, host: string, signal: AbortSignal) {
    const some = Promise.withResolvers<void>();
    this.some = some.promise;
    const take = (result: LookupResult): void => {
      this.known = result;
      some.resolve();
    };
    askBothFamilies(client, host, { onPart: take, signal }, clock).then(take, () => some.resolve());
  }
}

/**
 * What the system will say, as far as that can be told without it: what the hosts file says, else what DNS says of a
 * name that is tried as it is before any with a search domain. Null elsewhere.
 */
async function earlyPart(
  host: string,
  beside: DnsBeside,
  system: LookupSystem,
): Promise<LookupResult | null> {
  const ips = knownAddresses(host, system.hosts());
  if (ips.length > 0) return { ips: interleaveFamilies(ips), ttlMs: null, unanswered: null };
  if (!host.endsWith(".") && host.split(".").length - 1 < system.dns().ndots) return null;
  await beside.some;
  return beside.known;
}

/** The TTL, once DNS tells it; null where that takes longer than is worth waiting for. */
async function waitForTtl(
  ips: readonly string[],
  beside: DnsBeside,
  call: LookupCall,
  clock: Clock,
): Promise<number | null> {
  const late = Promise.withResolvers<void>();
  const stop = (): void => late.resolve();
  const cancels = [
    clock.timer(SECOND_FAMILY_WAIT_MS, () => call.onPart({ ips, ttlMs: null, unanswered: null })),
    clock.timer(TTL_WAIT_MS, stop),
  ];
  call.signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([beside.some, late.promise]);
    return beside.known?.ttlMs ?? null;
  } finally {
    for (const cancel of cancels) cancel();
    call.signal.removeEventListener("abort", stop);
  }
}
