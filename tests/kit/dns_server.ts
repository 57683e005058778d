/** Type of the records of IPv4 addresses. */
export const TYPE_A = 1;
/** Type of those of IPv6 addresses. */
export const TYPE_AAAA = 28;

/** What a DNS server answers for one type of record: the TTL in seconds and the addresses' bytes. */
export interface Zone {
  readonly [type: number]: { readonly ttl: number; readonly records: readonly (readonly number[])[] };
}

/** A DNS server (RFC 1035 section 4) that gives the same answer whatever name is asked for. */
export class DnsServer implements AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly #socket = Deno.listenDatagram({ hostname: "127.0.0.1", port: 0, transport: "udp" });
  readonly #serving: Promise<void>;

  constructor(zone: Zone) {
    const { port } = this.#socket.addr as Deno.NetAddr;
    this.address = `127.0.0.1:${port}`;
    this.#serving = this.#serve(zone);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#serving;
  }

  async #serve(zone: Zone): Promise<void> {
    for await (const [query, from] of this.#socket) await this.#socket.send(reply(query, zone), from);
  }
}

function reply(query: Uint8Array, zone: Zone): Uint8Array {
  let end = 12;
  while (query[end] !== 0) end += (query[end] ?? 0) + 1;
  const type = (query[end + 1] ?? 0) << 8 | (query[end + 2] ?? 0);
  const { ttl, records } = zone[type] ?? { ttl: 0, records: [] };
  const answers = records.flatMap((bytes) => [
    ...[0xc0, 12, 0, type, 0, 1],
    ...[ttl >>> 24, ttl >>> 16 & 255, ttl >>> 8 & 255, ttl & 255],
    ...[0, bytes.length, ...bytes],
  ]);
  const header = [
    query[0] ?? 0,
    query[1] ?? 0,
    0x81,
    records.length > 0 ? 0x80 : 0x83,
    0,
    1,
    0,
    records.length,
  ];
  return Uint8Array.from([...header, 0, 0, 0, 0, ...query.subarray(12, end + 5), ...answers]);
}
