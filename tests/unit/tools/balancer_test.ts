import assert from "node:assert/strict";
import { type BalancerOptions, checkReplies, spreadReplies } from "../../../src/tools/balancer.ts";
import { startEchoServer } from "../../../src/tools/echo_server.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

const LOCAL = { ip: "127.0.0.1", port: 0 };

function options(port: number, signal = new AbortController().signal): BalancerOptions {
  return {
    target: { host: "127.0.0.1", port },
    until: { quietMs: 12_000, halfClose: true },
    timeoutMs: 12_000,
    signal,
  };
}

function bytes(...texts: string[]): Uint8Array[] {
  return texts.map((text) => new TextEncoder().encode(text));
}

/** A target that answers a, b, c, a, ... whatever it is sent. */
function rotating(): TcpServer {
  let next = 0;
  return new TcpServer(async (connection) => {
    const name = "abc"[next++ % 3] ?? "";
    await connection.read(new Uint8Array(100));
    await writeAll(connection, new TextEncoder().encode(name));
  });
}

Deno.test("each text goes out on a connection of its own and is compared", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const failures: (string | null)[] = [];
  const report = await within(
    "the checks",
    checkReplies(options(server.address.port), bytes("a", "b", "c"), bytes("a", "x", "cc"), ({ failure }) => {
      failures.push(failure?.kind ?? null);
    }),
  );
  assert.deepEqual(report, { done: 3, matched: 1 });
  assert.deepEqual(failures, [null, "wrong_reply", "wrong_reply"]);
  assert.equal(server.accepted, 3);
});

Deno.test("lists of different length are refused before anything is sent", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  await assert.rejects(
    checkReplies(options(server.address.port), bytes("a", "b"), bytes("a"), () => {}),
    /2 to send but 1 expected/,
  );
  assert.equal(server.accepted, 0);
});

Deno.test("replies are counted by what they are, most frequent first", async () => {
  await using target = rotating();
  const progress: number[] = [];
  const report = await within(
    "the requests",
    spreadReplies(options(target.port), bytes("x"), 10, (done) => progress.push(done)),
  );
  assert.equal(report.done, 10);
  assert.deepEqual(
    report.replies.map(({ reply, count }) => [new TextDecoder().decode(reply), count]),
    [["a", 4], ["b", 3], ["c", 3]],
  );
  assert.deepEqual(report.failures, []);
  assert.deepEqual(progress, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

Deno.test("replies that are no UTF-8 are told apart", async () => {
  let next = 0xf0;
  await using target = new TcpServer(async (connection) => {
    await connection.read(new Uint8Array(100));
    await writeAll(connection, new Uint8Array([next++]));
  });
  const report = await within("the requests", spreadReplies(options(target.port), bytes("x"), 4, () => {}));
  assert.equal(report.replies.length, 4);
});

Deno.test("requests without a reply are counted by kind", async () => {
  await using dead = await RefusingAddress.take();
  const report = await within("the requests", spreadReplies(options(dead.port), bytes("x"), 5, () => {}));
  assert.deepEqual(report.failures, [{ kind: "refused", count: 5 }]);
  assert.deepEqual(report.replies, []);
});

Deno.test("a signal ends it, with what was counted so far", async () => {
  await using target = rotating();
  const stop = new AbortController();
  const report = await within(
    "the requests",
    spreadReplies(options(target.port, stop.signal), bytes("x"), 1000, (done) => done === 4 && stop.abort()),
  );
  assert.equal(report.done, 4);
});
