import assert from "node:assert/strict";
import type { Clock } from "../../../../src/base/clock.ts";
import { systemClock } from "../../../../src/base/clock.ts";
import { DNS_PENALTY_MS, DNS_TCP_TIMEOUT_MS, DNS_TIMEOUTS_MS } from "../../../../src/base/limits.ts";
import type { Answer } from "../../../../src/control/dns/answer.ts";
import { DnsClient } from "../../../../src/control/dns/dns_client.ts";
import { encodeReply, type WireRecord } from "../../../kit/dns_message.ts";
import { DnsServer, type Script, type ScriptedReply, TYPE_A, TYPE_AAAA } from "../../../kit/dns_server.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { within } from "../../../kit/within.ts";

const NAME = "a.example";
const QUESTION = { name: NAME, type: TYPE_A };

function address(last: number): WireRecord {
  return { ...QUESTION, ttl: 20, data: [10, 0, 0, last] };
}

const GOOD: ScriptedReply = { answers: [address(1)] };
const answers: Script = () => GOOD;

function clientOf(servers: readonly DnsServer[], clock: Clock = systemClock): DnsClient {
  return new DnsClient(clock, () => servers.map(({ socketAddress }) => socketAddress));
}

function ask(client: DnsClient, signal = new AbortController().signal): Promise<Answer> {
  return within("the answer", client.ask(QUESTION, signal));
}

/** Lets a server's time run out once it has this many questions. */
async function timeOut(
  server: DnsServer,
  questions: number,
  clock: FakeClock,
  limitMs = DNS_TIMEOUTS_MS[0] ?? 0,
): Promise<void> {
  await eventually("the question", () => server.questions.length === questions && clock.pendingTimers === 1);
  clock.advance(limitMs - 1);
  assert.equal(clock.pendingTimers, 1);
  clock.advance(1);
}

Deno.test("questions have ids that cannot be foreseen", async () => {
  await using server = new DnsServer(answers);
  const client = clientOf([server]);
  for (let i = 0; i < 40; i++) await ask(client);
  const steps = server.questions.slice(1).map(({ id }, i) => id - (server.questions[i]?.id ?? 0));
  assert.ok(new Set(steps).size > 30, steps.join());
});

Deno.test("a server that is silent has its time, then the next one is asked, and first from then on", async () => {
  await using silent = new DnsServer(() => null);
  await using good = new DnsServer(answers);
  const clock = new FakeClock();
  const client = clientOf([silent, good], clock);
  const answer = ask(client);
  await timeOut(silent, 1, clock);
  assert.deepEqual((await answer).values, ["10.0.0.1"]);
  await ask(client);
  assert.deepEqual([silent.questions.length, good.questions.length], [1, 2]);
  // It is tried again some time later.
  clock.advance(DNS_PENALTY_MS);
  const later = ask(client);
  await timeOut(silent, 2, clock);
  await later;
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("servers are asked in turn, each again, and then the question has failed", async () => {
  await using one = new DnsServer(() => null);
  await using other = new DnsServer(() => null);
  const clock = new FakeClock();
  const answer = ask(clientOf([one, other], clock));
  const failure = assert.rejects(answer, {
    code: "dns_timeout",
    retryable: true,
    message: `DNS server ${other.address}: no answer within ${DNS_TIMEOUTS_MS.at(-1)} ms`,
  });
  for (const [round, limitMs] of DNS_TIMEOUTS_MS.entries()) {
    await timeOut(one, round + 1, clock, limitMs);
    await timeOut(other, round + 1, clock, limitMs);
  }
  await failure;
});

Deno.test("a server that cannot or will not answer is passed over at once", async () => {
  for (
    const [rcode, word] of [[1, "FORMERR"], [2, "SERVFAIL"], [4, "NOTIMP"], [5, "REFUSED"], [9, "code 9"]]
  ) {
    await using bad = new DnsServer(() => ({ rcode: Number(rcode) }));
    await using good = new DnsServer(answers);
    assert.deepEqual((await ask(clientOf([bad, good]))).values, ["10.0.0.1"]);
    await assert.rejects(ask(clientOf([bad])), { message: `DNS server ${bad.address}: ${word}` });
  }
});

Deno.test("a datagram that gets lost is sent again", async () => {
  let asked = 0;
  await using server = new DnsServer(() => ++asked === 1 ? null : GOOD);
  const clock = new FakeClock();
  const answer = ask(clientOf([server], clock));
  await timeOut(server, 1, clock);
  assert.deepEqual((await answer).values, ["10.0.0.1"]);
});

Deno.test("that a name does not exist is an answer: nobody else is asked", async () => {
  await using first = new DnsServer(() => ({ rcode: 3 }));
  await using second = new DnsServer(answers);
  const answer = await ask(clientOf([first, second]));
  assert.deepEqual(answer, { values: [], ttlMs: null, exists: false, additional: new Map() });
  assert.equal(second.questions.length, 0);
});

Deno.test("without any server the failure says what to do", async () => {
  await assert.rejects(ask(clientOf([])), { code: "dns_no_server", message: /set dns\.servers/ });
});

/** Wrong replies over UDP, and what makes them so. */
const WRONG: readonly (readonly [string, (id: number) => Uint8Array])[] = [
  ["another id", (id) => encodeReply({ id: id ^ 1, ...QUESTION, answers: [address(9)] })],
  ["another name", (id) => encodeReply({ id, name: "b.example", type: TYPE_A, answers: [address(9)] })],
  ["another type", (id) => encodeReply({ id, name: NAME, type: TYPE_AAAA, answers: [address(9)] })],
  ["no bytes", () => new Uint8Array()],
  ["half a message", (id) => encodeReply({ id, ...QUESTION, answers: [address(9)] }).subarray(0, -3)],
  ["a query", (id) => encodeReply({ id, ...QUESTION }).map((byte, at) => at === 2 ? 1 : byte)],
];

Deno.test("what is no reply to the question is not heard, and the reply behind it is", async () => {
  for (const [what, wrong] of WRONG) {
    await using server = new DnsServer(({ id }) => [
      wrong(id),
      encodeReply({ id, ...QUESTION, answers: [address(1)] }),
    ]);
    assert.deepEqual((await ask(clientOf([server]))).values, ["10.0.0.1"], what);
  }
});

Deno.test("a reply from anyone but the server is not heard", async () => {
  const stranger = Deno.listenDatagram({ hostname: "127.0.0.1", port: 0, transport: "udp" });
  await using server = new DnsServer(async ({ id, from }) => {
    await stranger.send(encodeReply({ id, ...QUESTION, answers: [address(9)] }), from);
    return GOOD;
  });
  assert.deepEqual((await ask(clientOf([server]))).values, ["10.0.0.1"]);
  stranger.close();
});

Deno.test("case means nothing in a reply's names", async () => {
  await using server = new DnsServer(({ id }) => [
    encodeReply({ id, name: "A.Example", type: TYPE_A, answers: [{ ...address(1), name: "a.EXAMPLE" }] }),
  ]);
  assert.deepEqual((await ask(clientOf([server]))).values, ["10.0.0.1"]);
});

/** 200 addresses over TCP, nothing over UDP. */
const CUT_SHORT: Script = ({ transport }) =>
  transport === "udp"
    ? { truncated: true, answers: [address(0)] }
    : { answers: Array.from({ length: 200 }, (_, i) => address(i)) };

Deno.test("an answer that was cut short is asked for again over TCP", async () => {
  await using server = new DnsServer(CUT_SHORT);
  const { values } = await ask(clientOf([server]));
  assert.deepEqual(values, Array.from({ length: 200 }, (_, i) => `10.0.0.${i}`));
  assert.deepEqual(server.questions.map(({ transport }) => transport), ["udp", "tcp"]);
});

Deno.test("an answer over TCP may come in pieces, and must be whole and to the question", async () => {
  const tcp = (pieces: (id: number) => Uint8Array[]): Script => ({ id, transport }) =>
    transport === "udp" ? { truncated: true } : pieces(id);
  const whole = (id: number): Uint8Array => encodeReply({ id, ...QUESTION, answers: [address(1)] });
  await using pieces = new DnsServer(tcp((id) => Array.from(whole(id), (byte) => Uint8Array.of(byte))));
  assert.deepEqual((await ask(clientOf([pieces]))).values, ["10.0.0.1"]);

  const bad: [Script, RegExp][] = [
    [tcp(() => []), /closed after 0 of 2 bytes/],
    [tcp((id) => [whole(id ^ 1)]), /another question/],
    [tcp((id) => [whole(id).subarray(0, -1)]), /broken/],
    [tcp(() => [new Uint8Array(60_000)]), /broken/],
  ];
  for (const [script, message] of bad) {
    await using server = new DnsServer(script);
    await using good = new DnsServer(answers);
    await assert.rejects(ask(clientOf([server])), { message });
    assert.deepEqual((await ask(clientOf([server, good]))).values, ["10.0.0.1"]);
  }
});

Deno.test("a server that is silent over TCP has its time for that too", async () => {
  await using silent = new DnsServer(({ transport }) => transport === "udp" ? { truncated: true } : null);
  await using good = new DnsServer(answers);
  const clock = new FakeClock();
  const answer = ask(clientOf([silent, good], clock));
  await timeOut(silent, 2, clock, DNS_TCP_TIMEOUT_MS);
  assert.deepEqual((await answer).values, ["10.0.0.1"]);
});

Deno.test("who does not want to know any more hears so at once, over UDP and TCP", async () => {
  const scripts: [Script, number][] = [
    [() => null, 1],
    [({ transport }) => transport === "udp" ? { truncated: true } : null, 2],
  ];
  for (const [script, questions] of scripts) {
    await using server = new DnsServer(script);
    const controller = new AbortController();
    const reason = new Error("not any more");
    const failure = assert.rejects(ask(clientOf([server]), controller.signal), reason);
    await eventually("the question", () => server.questions.length === questions);
    controller.abort(reason);
    await failure;
    await assert.rejects(ask(clientOf([server]), controller.signal), reason);
    assert.equal(server.questions.length, questions);
  }
});
