import assert from "node:assert/strict";
import { interleaveFamilies, serverLookup, systemLookup } from "../../../../src/control/dns/lookup.ts";
import { systemClock } from "../../../../src/base/clock.ts";
import { DnsServer, TYPE_A, TYPE_AAAA } from "../../../kit/dns_server.ts";
import { within } from "../../../kit/within.ts";

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
