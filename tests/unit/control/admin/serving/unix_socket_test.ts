import assert from "node:assert/strict";
import { AdminFixture, readToEnd, sendText } from "../../../../kit/admin_fixture.ts";
import { eventually } from "../../../../kit/eventually.ts";

class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fproxy_admin_" });

  get socket(): string {
    return `${this.path}/admin.sock`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

async function ask(path: string, request = "GET /api/v1/log-level"): Promise<string> {
  using connection = await Deno.connect({ transport: "unix", path });
  await sendText(connection, `${request} HTTP/1.0\r\nHost: localhost\r\n\r\n`);
  return (await readToEnd(connection)).split("\r\n")[0] ?? "";
}

function modeOf(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
}

const OK = "HTTP/1.1 200 OK";

Deno.test("a unix socket has its mode, which a new config changes, and is gone at the end", async () => {
  await using folder = new Folder();
  await using fixture = new AdminFixture();
  const listen = { path: folder.socket };
  await fixture.server.configure({ listen, mode: "0600" });
  assert.equal(modeOf(folder.socket), "600");
  assert.equal(await ask(folder.socket), OK);
  await fixture.server.configure({ listen: { ...listen }, mode: "0666" });
  assert.equal(modeOf(folder.socket), "666");
  assert.equal(fixture.log.lines[0]?.address, `unix:${folder.socket}`);
  assert.equal(fixture.log.lines.length, 1);
  await fixture.server.close();
  assert.throws(() => Deno.lstatSync(folder.socket), Deno.errors.NotFound);
});

Deno.test("a client of the unix socket is on the machine, and a token is asked for where there is one", async () => {
  await using folder = new Folder();
  await using fixture = new AdminFixture();
  await fixture.server.configure({ listen: { path: folder.socket } });
  assert.equal(await ask(folder.socket, "POST /api/v1/config/validate"), "HTTP/1.1 404 Not Found");
  await fixture.server.configure({ listen: { path: folder.socket }, token: "secret" });
  assert.equal(await ask(folder.socket), "HTTP/1.1 401 Unauthorized");
  assert.equal(await ask(folder.socket, "GET /livez"), OK);
});

Deno.test("the socket of a program that was killed is taken over", async () => {
  await using folder = new Folder();
  // Closing does not remove it.
  Deno.listen({ transport: "unix", path: folder.socket }).close();
  await using fixture = new AdminFixture();
  await fixture.server.configure({ listen: { path: folder.socket } });
  assert.equal(await ask(folder.socket), OK);
});

Deno.test("a socket on which another program listens is left alone, and taken when it is gone", async () => {
  await using folder = new Folder();
  const other = Deno.listen({ transport: "unix", path: folder.socket });
  await using fixture = new AdminFixture();
  await fixture.server.configure({ listen: { path: folder.socket } });
  assert.match(String(fixture.log.lines[0]?.error), /admin\.sock is in use/);
  other.close();
  await eventually("the take-over", async () => await ask(folder.socket) === OK);
});

Deno.test("a file that is no socket is never removed", async () => {
  await using folder = new Folder();
  await Deno.writeTextFile(folder.socket, "precious");
  await using fixture = new AdminFixture();
  await fixture.server.configure({ listen: { path: folder.socket } });
  assert.match(String(fixture.log.lines[0]?.error), /is no socket/);
  await fixture.server.close();
  assert.equal(await Deno.readTextFile(folder.socket), "precious");
});

Deno.test("it moves from a port to a unix socket and back", async () => {
  await using folder = new Folder();
  await using fixture = await AdminFixture.start();
  const { port } = fixture;
  await fixture.server.configure({ listen: { path: folder.socket } });
  assert.deepEqual(fixture.server.addresses, []);
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port }));
  assert.equal(await ask(folder.socket), OK);
  await fixture.server.configure({ listen: { host: "127.0.0.1", port: 0 } });
  assert.equal(fixture.server.addresses.length, 1);
  assert.throws(() => Deno.lstatSync(folder.socket), Deno.errors.NotFound);
});
