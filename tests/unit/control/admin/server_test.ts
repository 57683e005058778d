import assert from "node:assert/strict";
import { AdminServer } from "../../../../src/control/admin/server.ts";
import { type Clock, systemClock } from "../../../../src/base/clock.ts";
import { ListenLookup } from "../../../../src/control/listen/listen_lookup.ts";
import type { Status } from "../../../../src/control/daemon/status.ts";
import type { ListenAddress } from "../../../../src/model/host_port.ts";
import { adminSource } from "../../../kit/admin_source.ts";
import { eventually } from "../../../kit/eventually.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { within } from "../../../kit/within.ts";

const ANY: ListenAddress = { host: "127.0.0.1", port: 0 };

function status(): Status {
  const dropped = { access_records: 0, log_lines: 0 };
  return {
    revision: 3,
    ready: true,
    connections: { active: 0, max: 1 },
    dropped,
    apps: [],
    control: { nice: 0 },
    threads: [],
    names: [],
  };
}

/** The machine's clock; it knows how many timers are to come and how many were. */
class CountingClock implements Clock {
  pendingTimers = 0;
  fired = 0;

  now(): number {
    return systemClock.now();
  }

  wallTime(): number {
    return systemClock.wallTime();
  }

  timer(delayMs: number, callback: () => void): () => void {
    this.pendingTimers++;
    let isOver = false;
    const end = (): boolean => {
      if (isOver) return false;
      isOver = true;
      this.pendingTimers--;
      return true;
    };
    const cancel = systemClock.timer(delayMs, () => {
      end();
      this.fired++;
      callback();
    });
    return () => {
      if (end()) cancel();
    };
  }
}

class Fixture implements AsyncDisposable {
  readonly log = new LogLines();
  readonly clock = new CountingClock();
  /** What names are; those that are not here fail. */
  readonly names = new Map<string, readonly string[]>();
  readonly server = new AdminServer(
    adminSource(status),
    this.log.log,
    this.clock,
    new ListenLookup(
      this.clock,
      (host) => {
        const ips = this.names.get(host);
        return ips === undefined ? Promise.reject(new Error("no such name")) : Promise.resolve(ips);
      },
    ),
  );

  get port(): number {
    return this.server.addresses[0]?.port ?? 0;
  }

  async ask(path = "/livez", port = this.port, token = "", host = "127.0.0.1"): Promise<number> {
    const headers: HeadersInit = token === "" ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://${host}:${port}${path}`, {
      headers,
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    return response.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

Deno.test("the server says where it listens, and answers there", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  assert.equal(fixture.log.lines[0]?.address, `127.0.0.1:${fixture.port}`);
  assert.equal(await fixture.ask(), 200);
});

Deno.test("the same address again keeps the socket; a new token counts at once", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  await fixture.server.configure({ listen: ANY, token: "secret" });
  assert.equal(fixture.port, port);
  assert.equal(await fixture.ask("/api/status"), 401);
  assert.equal(await fixture.ask("/api/status", port, "secret"), 200);
  assert.equal(fixture.log.lines.length, 1);
});

Deno.test("it moves to another address, and leaves the old one", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const before = fixture.port;
  await fixture.server.configure({ listen: { host: "0.0.0.0", port: 0 }, token: "" });
  assert.notEqual(fixture.port, before);
  assert.equal(await fixture.ask(), 200);
  await assert.rejects(fixture.ask("/livez", before));
});

Deno.test("it moves from one address to all addresses on the same port", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  await fixture.server.configure({ listen: { host: "0.0.0.0", port }, token: "" });
  assert.deepEqual(fixture.server.addresses, [{ ip: "0.0.0.0", port }]);
  assert.equal(await fixture.ask(), 200);
});

Deno.test("while an address is taken the server stays where it is, says so once, and moves when it is free", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const occupied = { host: "127.0.0.1", port: taken.addr.port };
  await fixture.server.configure({ listen: occupied, token: "" });
  assert.equal(await fixture.ask("/livez", port), 200);
  await eventually("two more tries", () => fixture.clock.fired >= 2);
  assert.deepEqual(fixture.log.messages, [
    "admin server listens",
    "admin server does not listen, trying again",
  ]);
  const { address, level, error } = fixture.log.lines[1] ?? {};
  assert.deepEqual([address, level], [`127.0.0.1:${occupied.port}`, "error"]);
  assert.match(String(error), /in use.*another program listens there/i);
  taken.close();
  await eventually("the move", () => fixture.port === occupied.port);
  assert.equal(await fixture.ask(), 200);
  await assert.rejects(fixture.ask("/livez", port));
  assert.deepEqual(fixture.log.messages.slice(2), ["admin server listens"]);
});

Deno.test("an address that no interface has is told as an error, and the server stays where it is", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  await fixture.server.configure({ listen: { host: "192.0.2.1", port }, token: "" });
  assert.equal(await fixture.ask("/livez", port), 200);
  assert.match(
    String(fixture.log.lines.find(({ level }) => level === "error")?.error),
    /no interface of this machine/,
  );
});

Deno.test("a config that takes the address back ends the tries", async () => {
  await using fixture = new Fixture();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const occupied = { host: "127.0.0.1", port: taken.addr.port };
  await fixture.server.configure({ listen: occupied, token: "" });
  assert.deepEqual(fixture.server.addresses, []);
  await fixture.server.configure({ token: "" });
  assert.equal(fixture.clock.pendingTimers, 0);
  await fixture.server.configure({ listen: ANY, token: "" });
  assert.equal(await fixture.ask(), 200);
});

Deno.test("without an address there is no server", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ token: "" });
  assert.deepEqual(fixture.server.addresses, []);
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  await fixture.server.configure({ token: "" });
  assert.deepEqual(fixture.server.addresses, []);
  await assert.rejects(fixture.ask("/livez", port));
});

Deno.test("a client that hangs on holds nothing up", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  using idle = await Deno.connect({ hostname: "127.0.0.1", port: fixture.port });
  await idle.write(new TextEncoder().encode("GET /livez HTTP/1.1\r\nHost:"));
  await within("the move", fixture.server.configure({ listen: { host: "0.0.0.0", port: 0 }, token: "" }));
  await within("the end", fixture.server.close());
});

Deno.test("a name is all of its addresses, on one port; those that this machine does not have are left out", async () => {
  await using fixture = new Fixture();
  fixture.names.set("admin.example", ["127.0.0.1", "192.0.2.1", "::1"]);
  const listen = { host: "admin.example", port: 0 };
  await fixture.server.configure({ listen, token: "" });
  const { port } = fixture;
  assert.deepEqual(fixture.server.addresses, [{ ip: "127.0.0.1", port }, { ip: "::1", port }]);
  for (const host of ["127.0.0.1", "[::1]"]) assert.equal(await fixture.ask("/livez", port, "", host), 200);
  assert.match(String(fixture.log.lines[0]?.address), /^192\.0\.2\.1:0: /);
  assert.deepEqual(fixture.log.lines.slice(1).map(({ message, address }) => [message, address]), [
    ["admin server listens", `127.0.0.1:${port}`],
    ["admin server listens", `[::1]:${port}`],
  ]);
  // It is what it was at the start.
  fixture.names.set("admin.example", ["127.0.0.2"]);
  await fixture.server.configure({ listen: { ...listen }, token: "" });
  assert.equal(fixture.server.addresses.length, 2);
});

Deno.test("a name without an address leaves the server where it is, and is tried again", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  await fixture.server.configure({ listen: { host: "admin.example", port: 0 }, token: "" });
  assert.equal(await fixture.ask("/livez", port), 200);
  const { message, address, error } = fixture.log.lines.at(-1) ?? {};
  assert.equal(message, "admin server does not listen, trying again");
  assert.equal(address, "admin.example:0");
  assert.match(String(error), /^Cannot resolve admin\.example: no such name: see what the system makes/);
  fixture.names.set("admin.example", ["127.0.0.2"]);
  await eventually("the move", () => fixture.server.addresses[0]?.ip === "127.0.0.2");
  await assert.rejects(fixture.ask("/livez", port));
});

Deno.test("from one address to a name on the same port, of which one is taken: it stays where it is", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  using taken = Deno.listen({ hostname: "::1", port });
  await fixture.server.configure({ listen: { host: "localhost", port }, token: "" });
  assert.deepEqual(fixture.server.addresses, [{ ip: "127.0.0.1", port }]);
  assert.equal(await fixture.ask(), 200);
  taken.close();
  await eventually("the move", () => fixture.server.addresses.length === 2);
  assert.equal(await fixture.ask("/livez", port, "", "[::1]"), 200);
});
