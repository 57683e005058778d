import { AccessTable } from "../model/access_table.ts";
import type { SocketAddress } from "../model/address.ts";
import { type Admission, LimitTable } from "../model/limit_table.ts";
import type { AppSnapshot, LimitPolicy } from "../model/snapshot.ts";
import { readIpWords } from "../strategy/rules/ip_words.ts";

const IPV6_BITS = 128;
/** Third word of an IPv4 address as `::ffff:a.b.c.d`; the two before it are 0. */
const MAPPED = 0xffff;

/** An address, for the moment in which it is looked at. */
const words = new Uint32Array(4);

/** Who may come in to an app, by its access rules, and how often, by its limits. */
export class Gate {
  readonly #access: AccessTable | null;
  readonly #limits: LimitPolicy | null;
  readonly #table: LimitTable | null;

  /** @param tables memory of the tables. */
  private constructor({ access, limits }: AppSnapshot, tables: SharedArrayBuffer) {
    this.#access = access === null ? null : new AccessTable(tables, access);
    this.#limits = limits;
    this.#table = limits === null ? null : new LimitTable(tables, limits.table);
  }

  /** That of an app; null for one that anybody may come to, as often as they want. */
  static of(app: AppSnapshot, tables: SharedArrayBuffer): Gate | null {
    return app.access === null && app.limits === null ? null : new Gate(app, tables);
  }

  /** Whether the access rules allow a client. */
  allows(client: SocketAddress): boolean {
    return this.#access === null || readIpWords(client.ip, words) && this.#access.allows(words);
  }

  /**
   * A client connects. What the outcome shares is to be given back at the end of the connection.
   * @param wallTime milliseconds since the Unix epoch.
   * @returns null where the app has no limits.
   */
  admit(client: SocketAddress, wallTime: number): Admission | null {
    if (this.#table === null || this.#limits === null) return null;
    const { ipv6Prefix, clientConnections, clientRate } = this.#limits;
    const isForClients = clientConnections > 0 || clientRate !== null;
    const key = isForClients && readIpWords(client.ip, words) ? cut(words, ipv6Prefix) : null;
    return this.#table.take(key, wallTime, this.#limits);
  }
}

/** Makes addresses of one IPv6 network the same; an IPv4 address stays as it is. */
function cut(address: Uint32Array, prefix: number): Uint32Array {
  if (address[0] === 0 && address[1] === 0 && address[2] === MAPPED) return address;
  for (let bits = prefix; bits < IPV6_BITS; bits = (bits & ~31) + 32) {
    const kept = bits % 32;
    address[bits >>> 5] = kept === 0 ? 0 : address[bits >>> 5]! & -1 << 32 - kept;
  }
  return address;
}
