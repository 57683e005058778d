import assert from "node:assert/strict";
import { BlackHoleTarget } from "./black_hole_target.ts";
import { receive, send, tallyOf } from "./checksum.ts";
import { ClosingTarget } from "./closing_target.ts";
import { cpuSeconds } from "./cpu_seconds.ts";
import { echoTarget } from "./echo_target.ts";
import { eventually } from "./eventually.ts";
import { FaultyHop } from "./faulty_hop.ts";
import { fdCount } from "./fd_count.ts";
import { LaunchedProgram } from "./launched_program.ts";
import { has } from "./programs.ts";
import { RefusingAddress } from "./refusing_address.ts";
import { ResettableClient } from "./resettable_client.ts";
import { ResettingTarget } from "./resetting_target.ts";
import { rss } from "./rss.ts";
import { SlowTarget } from "./slow_target.ts";
import { within } from "./within.ts";

function connect(port: number): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

async function exchange(port: number, seed: number, size: number): Promise<void> {
  const client = await connect(port);
  const sent = send(client, seed, size).then(() => client.closeWrite());
  const got = await within("the echo", receive(client));
  await sent;
  client.close();
  assert.deepEqual(got, tallyOf(seed, size));
}

Deno.test("waiting says in vain for what", async () => {
  await assert.rejects(within("the bus", new Promise(() => {}), 20), /Waited 20 ms in vain for the bus/);
  await assert.rejects(eventually("rain", () => "sun", 30), /in vain for rain; last: sun/);
  assert.equal(await within("a number", Promise.resolve(7)), 7);
  let asked = 0;
  await eventually("the third answer", () => ++asked === 3);
});

Deno.test("a checksum sees a lost, a doubled and a changed block", () => {
  const whole = tallyOf(1, 300_000);
  assert.notDeepEqual(tallyOf(1, 299_999), whole);
  assert.notEqual(tallyOf(2, 300_000).sha256, whole.sha256);
});

Deno.test("echo target, with and without prefix", async () => {
  await using plain = echoTarget();
  await exchange(plain.port, 3, 200_000);
  await using named = echoTarget({ prefix: "a:" });
  const client = await connect(named.port);
  await client.write(new TextEncoder().encode("x"));
  assert.equal((await receive(client, 3)).bytes, 3);
  client.close();
  assert.equal(plain.accepted, 1);
});

Deno.test("a server that is disposed of closes the connections that it was about to be told", async () => {
  for (let round = 0; round < 20; round++) {
    const server = echoTarget();
    const clients = await Promise.all(Array.from({ length: 4 }, () => connect(server.port)));
    await within("the end of the server", server[Symbol.asyncDispose]());
    for (const client of clients) client.close();
  }
});

Deno.test("slow target: reads slowly, or never", async () => {
  await using slow = new SlowTarget({ bytesPerSecond: 1_000 });
  const client = await connect(slow.port);
  await client.write(new Uint8Array(10_000));
  await eventually("some bytes, not all", () => slow.received >= 200 && slow.received < 10_000);
  client.close();
  await using never = new SlowTarget();
  const other = await connect(never.port);
  await other.write(new Uint8Array(1_000));
  other.close();
  assert.equal(never.received, 0);
});

Deno.test("refusing address, black hole", async () => {
  await using refusing = await RefusingAddress.take();
  await assert.rejects(connect(refusing.port), Deno.errors.ConnectionRefused);
  await using hole = await BlackHoleTarget.open();
  const abort = new AbortController();
  const attempt = Deno.connect({
    hostname: hole.address.ip,
    port: hole.address.port,
    signal: abort.signal,
  });
  if (hole.isReliable) await assert.rejects(within("an answer", attempt, 300), /in vain for an answer/);
  abort.abort();
  await attempt.then((connection) => connection.close(), () => {});
});

Deno.test("closing target: FIN and RST", async () => {
  await using closing = await ClosingTarget.open("close");
  const client = await connect(closing.port);
  assert.equal((await receive(client)).bytes, 0);
  client.close();
  await using resetting = await ClosingTarget.open("reset");
  await assert.rejects(async () => {
    using reset = await connect(resetting.port);
    await reset.read(new Uint8Array(1));
  });
});

Deno.test("resetting target, resettable client", async () => {
  await using target = await ResettingTarget.open({ send: new Uint8Array(1_000) });
  using client = await connect(target.port);
  await client.write(new Uint8Array(1));
  assert.equal((await receive(client, 1_000)).bytes, 1_000);
  await assert.rejects(client.read(new Uint8Array(1)), Deno.errors.ConnectionReset);

  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using resetting = await ResettableClient.open(listener.addr.port);
  using accepted = await listener.accept();
  assert.equal(await resetting.write(new Uint8Array(1)), true);
  assert.equal(await accepted.read(new Uint8Array(1)), 1);
  resetting.reset();
  assert.equal(await resetting.write(new Uint8Array(1)), false);
  await assert.rejects(accepted.read(new Uint8Array(1)), Deno.errors.ConnectionReset);
  listener.close();
});

Deno.test("faulty hop: splits and delays without harm, breaks when asked to", async () => {
  await using target = echoTarget();
  await using slow = await FaultyHop.open({
    target: target.address,
    faults: { split: 0.5, delay: 0.5, maxDelayMs: 5 },
  });
  await exchange(slow.port, 5, 50_000);
  assert.equal(slow.broken, 0);
  await using broken = await FaultyHop.open({ target: target.address, seed: 9, faults: { resetOnData: 1 } });
  using client = await connect(broken.port);
  await client.write(new Uint8Array(10));
  await assert.rejects(client.read(new Uint8Array(1)), Deno.errors.ConnectionReset);
  assert.equal(broken.broken, 1);
});

Deno.test("launched program: lines, signals, results", async () => {
  const run = 'console.log("port 12"); console.error("oops"); setInterval(() => {}, 1000);';
  await using program = new LaunchedProgram({ args: ["eval", run] });
  assert.equal((await program.line(/^port (\d+)$/))[1], "12");
  await program.line(/^oops$/);
  await assert.rejects(program.line(/never/, 50), /No line \/never\/ of .* within 50 ms:\nport 12/);
  assert.ok(fdCount(program.pid) > 3);
  assert.ok(rss(program.pid) > 1_000_000);
  assert.ok(cpuSeconds(program.pid) >= 0);
  program.kill("SIGTERM");
  const result = await program.result();
  assert.equal(result.signal, "SIGTERM");
  assert.equal(result.stdout, "port 12\n");
  await using short = new LaunchedProgram({ args: ["eval", "Deno.exit(3)"] });
  await assert.rejects(short.line(/never/), /before it ended/);
  assert.equal((await short.result()).code, 3);
});

Deno.test("programs are found on the path", () => {
  assert.equal(has("sh"), true);
  assert.equal(has("no-such-program-anywhere"), false);
});
