import assert from "node:assert/strict";
import { bindAll } from "../../../../src/control/listen/bind_all.ts";
import { formatAddress } from "../../../../src/model/address.ts";

/** Binds nothing; ports are chosen in turn, and those of `taken` are in use. */
class Ports {
  readonly bound = new Set<string>();
  #next = 1000;

  constructor(private readonly taken: ReadonlySet<string>) {}

  bindAll(ips: readonly string[], port: number): string[] {
    return bindAll<string>(ips, port, {
      bind: ({ ip, port }) => {
        const address = formatAddress({ ip, port: port === 0 ? this.#next++ : port });
        if (this.taken.has(address)) throw new Deno.errors.AddrInUse(address);
        this.bound.add(address);
        return address;
      },
      portOf: (address) => Number(address.slice(address.lastIndexOf(":") + 1)),
      close: (address) => this.bound.delete(address),
    });
  }
}

Deno.test("all addresses are bound on one port, also where the system chooses it", () => {
  const ports = new Ports(new Set());
  assert.deepEqual(ports.bindAll(["127.0.0.1", "::1"], 80), ["127.0.0.1:80", "[::1]:80"]);
  assert.deepEqual(ports.bindAll(["127.0.0.1", "::1"], 0), ["127.0.0.1:1000", "[::1]:1000"]);
});

Deno.test("a chosen port that the second address has taken is given up for another", () => {
  const ports = new Ports(new Set(["[::1]:1000", "127.0.0.2:1001"]));
  const bound = ports.bindAll(["127.0.0.1", "::1", "127.0.0.2"], 0);
  assert.deepEqual(bound, ["127.0.0.1:1002", "[::1]:1002", "127.0.0.2:1002"]);
  assert.deepEqual([...ports.bound], bound);
});

Deno.test("where one cannot be bound none is, and it ends however often ports are chosen in vain", () => {
  const fixed = new Ports(new Set(["[::1]:80"]));
  assert.throws(() => fixed.bindAll(["127.0.0.1", "::1"], 80), Deno.errors.AddrInUse);
  assert.equal(fixed.bound.size, 0);
  const all = new Ports(new Set(Array.from({ length: 1000 }, (_, i) => `[::1]:${1000 + i}`)));
  assert.throws(() => all.bindAll(["127.0.0.1", "::1"], 0), Deno.errors.AddrInUse);
  assert.equal(all.bound.size, 0);
});
