import type { Clock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import { SECOND_FAMILY_WAIT_MS } from "../../base/limits.ts";
import type { Answer } from "./answer.ts";
import type { DnsClient } from "./dns_client.ts";
import { interleaveFamilies } from "./interleave_families.ts";
import type { Family, LookupCall, LookupResult } from "./lookup.ts";
import { RecordType } from "./wire/record_type.ts";

/** The better one first (RFC 6724 section 2.1). */
const FAMILIES = ["IPv6", "IPv4"] as const;
const TYPES: Readonly<Record<Family, number>> = { IPv4: RecordType.A, IPv6: RecordType.AAAA };

/**
 * Asks DNS for a name's addresses of both families at once. When one has addresses and the other is late, those that
 * are there are told {@link SECOND_FAMILY_WAIT_MS} later (RFC 8305 section 3), and it goes on waiting for the other.
 * @throws {FproxyError} when there is no address, and why.
 */
export async function askBothFamilies(
  client: DnsClient,
  host: string,
  call: LookupCall,
  clock: Clock,
): Promise<LookupResult> {
  const name = host.endsWith(".") ? host.slice(0, -1) : host;
  const answers = new Map<Family, Answer>();
  let failure: unknown = null;
  let cancel = (): void => {};
  const ask = async (family: Family): Promise<void> => {
    try {
      answers.set(family, await client.ask({ name, type: TYPES[family] }, call.signal));
    } catch (error) {
      failure = error;
      return;
    }
    const part = combine(answers);
    if (part !== null && part.unanswered !== null) {
      cancel = clock.timer(SECOND_FAMILY_WAIT_MS, () => call.onPart(part));
    }
  };
  await Promise.all(FAMILIES.map(ask)).finally(() => cancel());
  const result = combine(answers);
  if (result !== null) return result;
  if (failure !== null) throw failure;
  const exists = [...answers.values()].some((answer) => answer.exists);
  throw new FproxyError("no_address", `${name} ${exists ? "has no address" : "does not exist"}`);
}

/** What is known so far; null without any address. */
function combine(answers: ReadonlyMap<Family, Answer>): LookupResult | null {
  const ips = FAMILIES.flatMap((family) => answers.get(family)?.values ?? []);
  if (ips.length === 0) return null;
  const ttls = [...answers.values()].flatMap(({ ttlMs }) => ttlMs ?? []);
  return {
    ips: interleaveFamilies(ips),
    ttlMs: Math.min(...ttls),
    unanswered: FAMILIES.find((family) => !answers.has(family)) ?? null,
  };
}
