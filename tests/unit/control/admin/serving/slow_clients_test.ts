import assert from "node:assert/strict";
import { AdminFixture, readToEnd, sendText } from "../../../../kit/admin_fixture.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { pass } from "../../../../kit/over_time.ts";
import { within } from "../../../../kit/within.ts";

const LIVEZ = "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

async function livezMs(port: number): Promise<number> {
  const startedAt = performance.now();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await sendText(connection, LIVEZ.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  assert.match(await readToEnd(connection), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok\n$/);
  return performance.now() - startedAt;
}

/** Sends a beginning, and gives what comes until the server closes. */
async function beginning(fixture: AdminFixture, text: string): Promise<string> {
  using connection = await fixture.connect();
  await sendText(connection, text);
  return await within("the end of the connection", readToEnd(connection));
}

Deno.test("a client that is slow with its head, or says nothing, is sent away", async () => {
  await using fixture = await AdminFixture.start({ headMs: 50 });
  const slow = [
    "",
    "G",
    "GET /livez HTTP/1.1\r\nHost: x\r\n",
    `GET /livez HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(9000)}`,
  ];
  for (const text of slow) assert.equal(await beginning(fixture, text), "", text);
  // One that is kept open after its answer, too.
  assert.match(await beginning(fixture, LIVEZ), /ok\n$/);
  await eventually("no connection", () => fixture.server.connections === 0);
});

Deno.test("a client that is slow with its body is sent away", async () => {
  await using fixture = await AdminFixture.start({ bodyMs: 50 });
  const head = "PUT /api/v1/log-level HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
  for (const body of ["Content-Length: 20\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"]) {
    assert.doesNotMatch(await beginning(fixture, head + body), / 200 /);
  }
});

Deno.test("a client that does not take its answer is sent away", async () => {
  await using fixture = await AdminFixture.start({ stallMs: 50 });
  using connection = await fixture.connect();
  // More answers than the system's buffers hold; nothing of them is read.
  const requests = "GET /api/docs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(400);
  void sendText(connection, requests).catch(() => {});
  await eventually("the connection", () => fixture.server.connections === 1);
  await eventually("the end of the connection", () => fixture.server.connections === 0);
});

Deno.test("there are never more than 64 connections, and a new one is always answered", async () => {
  await using fixture = await AdminFixture.start();
  const silent: Deno.TcpConn[] = [];
  try {
    for (let count = 0; count < 100; count++) silent.push(await fixture.connect());
    await eventually("64 connections", () => fixture.server.connections === 64);
    await within("an answer", livezMs(fixture.port));
    assert.ok(fixture.server.connections <= 64);
    const [first, last] = [silent[0], silent.at(-1)];
    assert.ok(first !== undefined && last !== undefined);
    assert.equal(await within("the end of the first", readToEnd(first)), "");
    await sendText(last, LIVEZ.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    assert.match(await within("the answer to the last", readToEnd(last)), /ok\n$/);
  } finally {
    for (const connection of silent) connection.close();
  }
});

/** The median of many answers, one after another. */
async function medianMs(port: number): Promise<number> {
  const times: number[] = [];
  for (let asked = 0; asked < 41; asked++) times.push(await within("livez", livezMs(port)));
  return times.sort((a, b) => a - b)[20] ?? Infinity;
}

Deno.test("1,000 slow connections do not delay livez beyond 100 ms at the median", async () => {
  await using fixture = await AdminFixture.start();
  const { port } = fixture;
  // On a busy machine an answer takes its time without them.
  const quietMs = await medianMs(port);
  let isOver = false;
  let opened = 0;
  const crawl = async (): Promise<void> => {
    while (!isOver) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      opened++;
      await sendText(connection, "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:").catch(() => {});
      await readToEnd(connection);
      // Who is sent away comes back a little later.
      if (!isOver) await pass(2_000);
    }
  };
  const crowd = Array.from({ length: 1000 }, () => crawl().catch(() => {}));
  await eventually("1,000 connections", () => opened >= 1000);
  const crowdedMs = await medianMs(port);
  isOver = true;
  await fixture.server.close();
  await within("the end of the crowd", Promise.all(crowd));
  assert.ok(crowdedMs - quietMs <= 100, `${crowdedMs} ms at the median, ${quietMs} ms without the others`);
});

Deno.test("what is no HTTP, or two messages at once, is refused without a fault", async () => {
  await using fixture = await AdminFixture.start();
  const cases: readonly (readonly [string, RegExp])[] = [
    ["rubbish\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["GET /livez HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "POST /api/v1/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      / 400 /,
    ],
    [`GET /livez HTTP/1.1\r\nHost: a\r\nA: ${"a".repeat(100_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ["GET /api/v1/status HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
  ];
  for (const [text, answer] of cases) assert.match(await beginning(fixture, text), answer, text.slice(0, 80));
  assert.deepEqual(fixture.log.messages, ["admin server listens"]);
});

Deno.test("a body that is too large is refused before it is read, and ends its connection", async () => {
  await using fixture = await AdminFixture.start();
  const head = "PUT /api/v1/log-level HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
  const known = await beginning(fixture, `${head}Content-Length: 1000000000\r\n\r\n`);
  assert.match(known, /^HTTP\/1\.1 413 [\s\S]*"code":"too_large"/);
  const chunk = `4000\r\n${" ".repeat(0x4000)}\r\n`;
  assert.match(
    await beginning(fixture, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}${chunk}`),
    /^HTTP\/1\.1 413 /,
  );
});
