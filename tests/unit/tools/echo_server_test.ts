import assert from "node:assert/strict";
import { startEchoServer } from "../../../src/tools/echo_server.ts";
import { writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

const LOCAL = { ip: "127.0.0.1", port: 0 };

async function readAll(connection: Deno.Conn): Promise<Uint8Array> {
  return await new Response(connection.readable).bytes();
}

Deno.test("what is sent comes back, and a FIN is answered once everything did", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const connection = await Deno.connect({ hostname: server.address.ip, port: server.address.port });
  const data = crypto.getRandomValues(new Uint8Array(60_000));
  const sending = writeAll(connection, data).then(() => connection.closeWrite());
  const reply = await within("the echo", readAll(connection));
  await sending;
  assert.deepEqual(reply, data);
  assert.equal(server.accepted, 1);
});

Deno.test("eight MiB both ways at once do not block", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const connection = await Deno.connect({ hostname: server.address.ip, port: server.address.port });
  const data = new Uint8Array(8 * 1024 * 1024).fill(7);
  const sending = writeAll(connection, data).then(() => connection.closeWrite());
  const reply = await within("the echo", readAll(connection));
  await sending;
  assert.equal(reply.length, data.length);
});

Deno.test("with a name, each chunk has it in front", async () => {
  await using server = startEchoServer({ listen: LOCAL, name: "a" });
  const connection = await Deno.connect({ hostname: server.address.ip, port: server.address.port });
  const buffer = new Uint8Array(100);
  for (const text of ["hello", "world"]) {
    await writeAll(connection, new TextEncoder().encode(text));
    const count = await within("a reply", connection.read(buffer));
    assert.equal(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), `a: ${text}`);
  }
  connection.close();
});

Deno.test("IPv6 works, and the real port is told", async () => {
  await using server = startEchoServer({ listen: { ip: "::1", port: 0 } });
  assert.notEqual(server.address.port, 0);
  const connection = await Deno.connect({ hostname: "::1", port: server.address.port });
  await writeAll(connection, new Uint8Array(3));
  assert.equal(await within("the reply", connection.read(new Uint8Array(10))), 3);
  connection.close();
});

Deno.test("close ends open connections and frees the port; twice is harmless", async () => {
  const server = startEchoServer({ listen: LOCAL });
  const { ip, port } = server.address;
  const connection = await Deno.connect({ hostname: ip, port });
  await writeAll(connection, new Uint8Array(1));
  await within("the reply", connection.read(new Uint8Array(1)));
  await within("the close", server.close());
  await within("the second close", server.close());
  assert.equal(await within("the end", connection.read(new Uint8Array(1)).catch(() => null)), null);
  connection.close();
  await assert.rejects(Deno.connect({ hostname: ip, port }), Deno.errors.ConnectionRefused);
});

Deno.test("a client that resets does not end the server", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const { ip: hostname, port } = server.address;
  const rude = await Deno.connect({ hostname, port });
  await writeAll(rude, new Uint8Array(100_000));
  // Closing with unread bytes sends an RST (RFC 1122 section 4.2.2.13).
  rude.close();
  const polite = await Deno.connect({ hostname, port });
  await writeAll(polite, new Uint8Array(5));
  assert.equal(await within("the reply", polite.read(new Uint8Array(5))), 5);
  polite.close();
});
