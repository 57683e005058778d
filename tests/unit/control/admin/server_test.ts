import assert from "node:assert/strict";
import { AdminServer } from "../../../../src/control/admin/server.ts";
import type { Status } from "../../../../src/control/daemon/status.ts";
import type { SocketAddress } from "../../../../src/model/address.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { within } from "../../../kit/within.ts";

const ANY: SocketAddress = { ip: "127.0.0.1", port: 0 };

function status(): Status {
  return { revision: 3, ready: true, connections: { active: 0, max: 1 }, apps: [], threads: [], names: [] };
}

class Fixture implements AsyncDisposable {
  readonly log = new LogLines();
  readonly server = new AdminServer({ version: "1", status }, this.log.log);

  get port(): number {
    return this.server.address?.port ?? 0;
  }

  async ask(path = "/livez", port = this.port, token = ""): Promise<number> {
    const headers: HeadersInit = token === "" ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
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
  await fixture.server.configure({ listen: { ip: "0.0.0.0", port: 0 }, token: "" });
  assert.notEqual(fixture.port, before);
  assert.equal(await fixture.ask(), 200);
  await assert.rejects(fixture.ask("/livez", before));
});

Deno.test("it moves from one address to all addresses on the same port", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  await fixture.server.configure({ listen: { ip: "0.0.0.0", port }, token: "" });
  assert.deepEqual(fixture.server.address, { ip: "0.0.0.0", port });
  assert.equal(await fixture.ask(), 200);
});

Deno.test("an address that cannot be bound is an error, and the server stays where it is", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const occupied = { ip: "127.0.0.1", port: taken.addr.port };
  await assert.rejects(fixture.server.configure({ listen: occupied, token: "" }), {
    code: "in_use",
    message: new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${taken.addr.port} for the admin server: `),
  });
  assert.equal(await fixture.ask("/livez", port), 200);
  const foreign = { ip: "192.0.2.1", port };
  await assert.rejects(fixture.server.configure({ listen: foreign, token: "" }), {
    code: "unavailable_address",
  });
  assert.equal(await fixture.ask("/livez", port), 200);
});

Deno.test("without an address there is no server", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ token: "" });
  assert.equal(fixture.server.address, null);
  await fixture.server.configure({ listen: ANY, token: "" });
  const { port } = fixture;
  await fixture.server.configure({ token: "" });
  assert.equal(fixture.server.address, null);
  await assert.rejects(fixture.ask("/livez", port));
});

Deno.test("a client that hangs on holds nothing up", async () => {
  await using fixture = new Fixture();
  await fixture.server.configure({ listen: ANY, token: "" });
  using idle = await Deno.connect({ hostname: "127.0.0.1", port: fixture.port });
  await idle.write(new TextEncoder().encode("GET /livez HTTP/1.1\r\nHost:"));
  await within("the move", fixture.server.configure({ listen: { ip: "0.0.0.0", port: 0 }, token: "" }));
  await within("the end", fixture.server.close());
});
