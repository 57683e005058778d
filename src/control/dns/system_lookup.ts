import { SECOND_FAMILY_WAIT_MS, SYSTEM_WAIT_MS, TTL_WAIT_MS } from "../../base/limits.ts";
import { FproxyError } from "../../base/errors.ts";
import { askBothFamilies, type FamilyQuestions } from "./both_families.ts";
import { searchedNames } from "./files/search_list.ts";
import { lookUpInHosts } from "./look_up_in_hosts.ts";
import type { Lookup, LookupCall, LookupResult } from "./lookup.ts";
import type { NameFiles } from "./server_lookup.ts";

/** What the system gives. */
export interface LookupSystem extends NameFiles {
  /** Addresses of a name in the system's order of preference; rejects when the signal is aborted. */
  addresses(host: string, signal: AbortSignal): Promise<readonly string[]>;
}

/**
 * The system's own idea of a name (hosts file, search domains, `resolv.conf`), in the system's order of preference
 * (RFC 6724). It tells no TTL, so DNS is asked for that beside it; where no answer comes soon the name is taken
 * without one. The system waits for both families, 15 s where a server is silent about one: meanwhile what it is going
 * to say is told as a part.
 */
export function systemLookup(questions: FamilyQuestions, system: LookupSystem): Lookup {
  const { clock, order } = questions;
  return async (host, call) => {
    const end = new AbortController();
    const beside = new DnsBeside(questions, searchedNames(host, system.dns()), end.signal);
    let isWaiting = true;
    const cancel = clock.timer(SYSTEM_WAIT_MS, async () => {
      const early = await earlyPart(host, beside, system, questions);
      if (early !== null && isWaiting) call.onPart(early);
    });
    try {
      const ips = order.choose(await system.addresses(host, call.signal));
      isWaiting = false;
      if (ips.length === 0) {
        throw new FproxyError("no_address", `${host} has no address of the family that dns.family asks for`);
      }
      return { ips, ttlMs: await waitForTtl(ips, beside, call, questions), unanswered: null };
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

  constructor(questions: FamilyQuestions, names: readonly string[], signal: AbortSignal) {
    const some = Promise.withResolvers<void>();
    this.some = some.promise;
    const take = (result: LookupResult): void => {
      this.known = result;
      some.resolve();
    };
    askBothFamilies(questions, names, { onPart: take, signal }).then(take, () => some.resolve());
  }
}

/**
 * What the system will say, as far as that can be told without it: what the hosts file says, else what DNS says of the
 * first name of the search list that it knows. Null elsewhere.
 */
async function earlyPart(
  host: string,
  beside: DnsBeside,
  system: LookupSystem,
  { order }: FamilyQuestions,
): Promise<LookupResult | null> {
  try {
    const known = lookUpInHosts(host, system.hosts(), order);
    if (known !== null) return known;
  } catch {
    // The system will say that it has none of the family.
    return null;
  }
  await beside.some;
  return beside.known;
}

/** The TTL, once DNS tells it; null where that takes longer than is worth waiting for. */
async function waitForTtl(
  ips: readonly string[],
  beside: DnsBeside,
  call: LookupCall,
  { clock }: FamilyQuestions,
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
