import assert from "node:assert/strict";
import { ListenError } from "../../../../src/base/errors.ts";
import type { Hosts } from "../../../../src/control/dns/files/hosts_file.ts";
import { describeLeft, ListenLookup } from "../../../../src/control/listen/listen_lookup.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

/** A look-up over these names and this hosts file; counts what is asked for. */
class Fixture {
  readonly asked: string[] = [];
  readonly lookup: ListenLookup;

  constructor(names: Readonly<Record<string, readonly string[]>>, hosts: Hosts = new Map()) {
    const find = (host: string): Promise<readonly string[]> => {
      this.asked.push(host);
      const ips = names[host];
      return ips === undefined ? Promise.reject(new Error("no such name")) : Promise.resolve(ips);
    };
    this.lookup = new ListenLookup(new FakeClock(), find, { read: () => hosts });
  }

  async ips(host: string): Promise<readonly string[]> {
    return (await this.lookup.ips({ host })).ips;
  }
}

Deno.test("a literal stands for itself, whether this machine has it or not; nobody is asked", async () => {
  const fixture = new Fixture({});
  for (const ip of ["127.0.0.1", "::1", "192.0.2.1"]) assert.deepEqual(await fixture.ips(ip), [ip]);
  assert.deepEqual(fixture.asked, []);
});

Deno.test("localhost is both loopback addresses whatever the hosts file says, and what it says besides", async () => {
  assert.deepEqual(await new Fixture({}).ips("localhost"), ["127.0.0.1", "::1"]);
  const hosts = new Map([["localhost", ["127.0.0.1", "127.0.1.1"]], ["x.localhost", ["127.0.0.9"]]]);
  const fixture = new Fixture({}, hosts);
  assert.deepEqual(await fixture.ips("localhost"), ["127.0.0.1", "::1", "127.0.1.1"]);
  assert.deepEqual(await fixture.ips("x.localhost"), ["127.0.0.1", "::1", "127.0.0.9"]);
  assert.deepEqual(fixture.asked, []);
});

Deno.test("the hosts file counts before who is asked", async () => {
  const fixture = new Fixture(
    { "one.example": ["127.0.0.3"], "two.example": ["127.0.0.4", "127.0.0.4"] },
    new Map([["one.example", ["127.0.0.2"]]]),
  );
  assert.deepEqual(await fixture.ips("one.example"), ["127.0.0.2"]);
  assert.deepEqual(await fixture.ips("two.example"), ["127.0.0.4"]);
  assert.deepEqual(fixture.asked, ["two.example"]);
});

Deno.test("addresses that this machine does not have are left out and told, and cost the others nothing", async () => {
  const fixture = new Fixture({ "web.example": ["192.0.2.1", "127.0.0.1", "fe80::1"] });
  const { ips, left } = await fixture.lookup.ips({ host: "web.example" });
  assert.deepEqual(ips, ["127.0.0.1"]);
  assert.deepEqual(left.map(({ ip }) => ip), ["192.0.2.1", "fe80::1"]);
  const [first] = left;
  assert.ok(first !== undefined);
  assert.match(describeLeft(first, { host: "web.example", port: 80 }), /^192\.0\.2\.1:80: .*assign/);
});

Deno.test("a name without an address, or with none of this machine, is an error that says so", async () => {
  const { lookup } = new Fixture({ "other.example": ["192.0.2.1"] });
  await assert.rejects(lookup.ips({ host: "no.example" }), (error: unknown) => {
    assert.ok(error instanceof ListenError);
    assert.equal(error.code, "unresolved");
    assert.equal(error.message, "Cannot resolve no.example: no such name");
    return true;
  });
  await assert.rejects(lookup.ips({ host: "other.example" }), (error: unknown) => {
    assert.ok(error instanceof ListenError);
    assert.equal(error.code, "unavailable_address");
    assert.match(error.message, /other\.example: it has no address of this machine \(192\.0\.2\.1: .*assign/);
    return true;
  });
});

Deno.test("who asks for the same name at the same time shares one look-up; later ones look again", async () => {
  const fixture = new Fixture({ "web.example": ["127.0.0.1"] });
  await Promise.all([fixture.ips("web.example"), fixture.ips("web.example")]);
  assert.deepEqual(fixture.asked, ["web.example"]);
  await fixture.ips("web.example");
  assert.equal(fixture.asked.length, 2);
});
