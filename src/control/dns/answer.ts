import { MAX_CNAME_CHAIN } from "../../base/limits.ts";
import { type Message, NXDOMAIN } from "./wire/message.ts";
import { RecordType } from "./wire/record_type.ts";
import { WireError } from "./wire/wire_error.ts";

/** What DNS says to a question. */
export interface Answer {
  /** Data of the records of the type that was asked for; empty where there are none. */
  readonly values: readonly string[];
  /** How long that may be kept, milliseconds; null where there are none. */
  readonly ttlMs: number | null;
  /** False where the name itself does not exist (NXDOMAIN). */
  readonly exists: boolean;
  /** Addresses that came along, by name; of services alone. */
  readonly additional: ReadonlyMap<string, readonly string[]>;
}

/**
 * Follows the question's name through its aliases to the records. An alias is kept no longer than it may be: the
 * smallest TTL of the chain and of the records counts. Records of other names are none of the answer's business.
 * @throws {WireError} when the aliases lead in a circle or through more than {@link MAX_CNAME_CHAIN} names.
 */
export function readAnswer(message: Message): Answer {
  const { question, answers } = message;
  const additional = addressesByName(message);
  const aliases = new Map<string, { readonly target: string; readonly ttl: number }>();
  for (const { type, name, data, ttl } of answers) {
    if (type === RecordType.CNAME && !aliases.has(name)) aliases.set(name, { target: data, ttl });
  }
  let { name } = question;
  let ttl = Infinity;
  for (let length = 0; length <= MAX_CNAME_CHAIN; length++) {
    const records = answers.filter((record) => record.name === name && record.type === question.type);
    if (records.length > 0) {
      const ttlMs = 1000 * Math.min(ttl, ...records.map((record) => record.ttl));
      return { values: records.map(({ data }) => data), ttlMs, exists: true, additional };
    }
    const alias = aliases.get(name);
    if (alias === undefined) {
      return { values: [], ttlMs: null, exists: message.rcode !== NXDOMAIN, additional };
    }
    ttl = Math.min(ttl, alias.ttl);
    name = alias.target;
  }
  throw new WireError(`${question.name} is an alias of an alias more than ${MAX_CNAME_CHAIN} times`);
}

function addressesByName({ additional }: Message): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  for (const { name, type, data } of additional) {
    if (type !== RecordType.A && type !== RecordType.AAAA) continue;
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [data]);
    else known.push(data);
  }
  return byName;
}
