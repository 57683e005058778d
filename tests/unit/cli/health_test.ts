import assert from "node:assert/strict";
import { health } from "../../../src/cli/health.ts";
import { EXIT_USAGE, runProgram } from "../../../src/cli/program.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import { CapturedIo } from "./captured_io.ts";

const TIMEOUT_MS = 15_000;

/** A server that reads a request and gives this answer; null gives none, ever. */
function admin(answer: string | null): TcpServer & { readonly requests: string[] } {
  const requests: string[] = [];
  const server = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(4096);
    const count = await connection.read(buffer);
    requests.push(new TextDecoder().decode(buffer.subarray(0, count ?? 0)));
    if (answer === null) await connection.read(buffer);
    else await writeAll(connection, new TextEncoder().encode(answer));
  });
  return Object.assign(server, { requests });
}

/** Asks a server; the exit code comes with what was written. */
async function ask(
  port: number,
  timeoutMs = TIMEOUT_MS,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const io = new CapturedIo();
  const code = await within("the answer", health({ host: "127.0.0.1", port }, timeoutMs, io));
  return { code, stdout: io.out, stderr: io.err };
}

Deno.test("health: ready", async () => {
  await using server = admin("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nready\nweb ready\n");
  assert.deepEqual(await ask(server.port), { code: 0, stdout: "ready\nweb ready\n", stderr: "" });
  assert.deepEqual(server.requests, [`GET /readyz HTTP/1.0\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`]);
});

Deno.test("health: not ready", async () => {
  await using server = admin("HTTP/1.1 503 Service Unavailable\r\n\r\nnot ready\nweb failed\n");
  const { code, stdout, stderr } = await ask(server.port);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.equal(stderr, `health 127.0.0.1:${server.port}: status 503: not ready, web failed\n`);
});

Deno.test("health: no answer in time", async () => {
  await using server = admin(null);
  const { code, stderr } = await ask(server.port, 50);
  assert.equal(code, 1);
  assert.match(stderr, /no complete reply in time \(50 ms/);
});

Deno.test("health: nothing listens", async () => {
  await using address = await RefusingAddress.take();
  const { code, stderr } = await ask(address.port);
  assert.equal(code, 1);
  assert.equal(stderr, `health 127.0.0.1:${address.port}: connection refused\n`);
});

Deno.test("health: closed without an answer, or with something else", async () => {
  await using silent = admin("");
  assert.match((await ask(silent.port)).stderr, /closed by the target without a reply/);
  await using other = admin("220 mail.example.org ESMTP\r\n");
  const { code, stderr } = await ask(other.port);
  assert.equal(code, 1);
  assert.match(stderr, /the answer is not HTTP/);
});

Deno.test("health: the command line", async () => {
  await using server = admin("HTTP/1.1 200 OK\r\n\r\nready\n");
  const io = new CapturedIo();
  assert.equal(
    await runProgram(["health", "--admin", `127.0.0.1:${server.port}`, "--timeout", "15s"], io),
    0,
  );
  assert.equal(io.out, "ready\n");
  assert.equal(await runProgram(["health", "--admin", "nowhere"], io), EXIT_USAGE);
  assert.equal(await runProgram(["health", "--timeout", "0s"], io), EXIT_USAGE);
});
