import assert from "node:assert/strict";
import { interleaveFamilies, serverLookup, systemLookup } from "../../../../src/control/dns/lookup.ts";
import { systemClock } from "../../../../src/base/clock.ts";
import { within } from "../../../kit/within.ts";

const TYPE_A = 1;
const TYPE_AAAA = 28;

/** What a DNS server answers for one type of record: the TTL in seconds and the addresses' bytes. */
interface Zone {
  readonly [type: number]: { readonly ttl: number; readonly records: readonly (readonly number[])[] };
}

/** A DNS server (RFC 1035 section 4) that gives the same answer whatever name is asked for. */
class DnsServer implements AsyncDisposable {
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

Deno.test("families alternate, the first one's first, without duplicates", () => {
  assert.deepEqual(
    interleaveFamilies(["fd00::1", "fd00::2", "10.0.0.1", "fd00::1", "10.0.0.2", "10.0.0.3"]),
    ["fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2", "10.0.0.3"],
  );
  assert.deepEqual(interleaveFamilies(["10.0.0.1", "fd00::1"]), ["10.0.0.1", "fd00::1"]);
  assert.deepEqual(interleaveFamilies([]), []);
});

Deno.test("the given servers are asked for both families, and the shortest TTL counts", async () => {
  const v6 = [0xfd, ...new Array(14).fill(0), 1];
  await using server = new DnsServer({
    [TYPE_A]: { ttl: 300, records: [[10, 0, 0, 1], [10, 0, 0, 2]] },
    [TYPE_AAAA]: { ttl: 70, records: [v6] },
  });
  const found = await within("the answer", serverLookup([server.address])("a.example"));
  assert.equal(found.ttlMs, 70_000);
  assert.deepEqual(found.ips.toSorted(), ["10.0.0.1", "10.0.0.2", "fd00::1"]);
  assert.equal(found.ips[0], "fd00::1");
});

Deno.test("one family is enough", async () => {
  await using server = new DnsServer({ [TYPE_A]: { ttl: 5, records: [[10, 0, 0, 1]] } });
  const found = await within("the answer", serverLookup([server.address])("a.example"));
  assert.deepEqual(found, { ips: ["10.0.0.1"], ttlMs: 5_000 });
});

Deno.test("a name without any address is an error", async () => {
  await using server = new DnsServer({});
  await assert.rejects(within("the answer", serverLookup([server.address])("a.example")));
});

Deno.test("the system knows localhost, and does not wait long for its TTL", async () => {
  const { ips } = await within("the answer", systemLookup(systemClock)("localhost"));
  assert.ok(ips.length > 0 && ips.every((ip) => ip === "127.0.0.1" || ip === "::1"), ips.join());
});
