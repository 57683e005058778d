import type { Clock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import { SECOND_FAMILY_WAIT_MS } from "../../base/limits.ts";
import type { Answer } from "./answer.ts";
import type { DnsClient } from "./dns_client.ts";
import type { Family, LookupCall, LookupResult } from "./lookup.ts";
import type { AddressOrder } from "./order/address_order.ts";
import { RecordType } from "./wire/record_type.ts";

const TYPES: Readonly<Record<Family, number>> = { IPv4: RecordType.A, IPv6: RecordType.AAAA };

/** What questions about addresses are asked with. */
export interface FamilyQuestions {
  readonly client: DnsClient;
  readonly clock: Clock;
  readonly order: AddressOrder;
}

/**
 * Asks DNS for a name's addresses of all families that are used, at once. When one has addresses and the other is late,
 * those that are there are told {@link SECOND_FAMILY_WAIT_MS} later (RFC 8305 section 3), and it goes on waiting for the
 * other.
 * @param names What may be meant, in turn: the first that has an address counts. A failure ends the search: what stands
 *   behind it must not become what the name stands for while a server is out.
 * @throws {FproxyError} when there is no address, and why.
 */
export async function askBothFamilies(
  questions: FamilyQuestions,
  names: readonly string[],
  call: LookupCall,
): Promise<LookupResult> {
  let exists = false;
  for (const name of names) {
    const found = await askForName(questions, name, call);
    if (typeof found === "object") return found;
    exists ||= found;
  }
  // The name as it is stands at one end; where it stands at the other all of them were in vain.
  const [name = ""] = names.toSorted((a, b) => a.length - b.length);
  throw new FproxyError("no_address", `${name} ${exists ? "has no address" : "does not exist"}`);
}

/** @returns whether the name exists, where it has no address. */
async function askForName(
  { client, clock, order }: FamilyQuestions,
  name: string,
  call: LookupCall,
): Promise<LookupResult | boolean> {
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
    const part = combine(answers, order);
    if (part !== null && part.unanswered !== null) {
      cancel = clock.timer(SECOND_FAMILY_WAIT_MS, () => call.onPart(part));
    }
  };
  await Promise.all(order.families.map(ask)).finally(() => cancel());
  const result = combine(answers, order);
  if (result !== null) return result;
  if (failure !== null) throw failure;
  return [...answers.values()].some((answer) => answer.exists);
}

/** What is known so far; null without any address. */
function combine(answers: ReadonlyMap<Family, Answer>, order: AddressOrder): LookupResult | null {
  const { families } = order;
  const ips = families.flatMap((family) => answers.get(family)?.values ?? []);
  if (ips.length === 0) return null;
  const ttls = [...answers.values()].flatMap(({ ttlMs }) => ttlMs ?? []);
  return {
    ips: order.arrange(ips),
    ttlMs: Math.min(...ttls),
    unanswered: families.find((family) => !answers.has(family)) ?? null,
  };
}
