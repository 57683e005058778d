import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import { Sender } from "../../../../../src/control/telemetry/otlp/sender.ts";
import type { Receiver } from "../../../../../src/control/telemetry/otlp/settings/receiver.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { OtlpReceiver, type ReceiverAnswer } from "../../../../kit/otlp_receiver.ts";
import { RefusingAddress } from "../../../../kit/refusing_address.ts";

/** A request for logs without any. */
const EMPTY = new TextEncoder().encode("{}");

class Fixture implements AsyncDisposable {
  readonly receiver = new OtlpReceiver();
  readonly failures: string[] = [];
  readonly sender: Sender;

  constructor(answer: ReceiverAnswer, changes: Partial<Receiver> = {}) {
    this.receiver.answer = answer;
    const settings: Receiver = {
      url: `${this.receiver.endpoint}/v1/logs`,
      protocol: "http/json",
      headers: { "api-key": "a" },
      timeoutMs: 1,
      compression: "none",
      ...changes,
    };
    this.sender = new Sender(settings, {
      clock: systemClock,
      random: () => 0.5,
      userAgent: "fproxy/1",
      onFailure: (error) => this.failures.push(error),
    });
  }

  /** Waits for the first failure, and has the receiver answer like this from then on. */
  async recover(answer: ReceiverAnswer = { status: 200 }): Promise<void> {
    await eventually("a failure", () => this.failures.length > 0);
    this.receiver.answer = answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver[Symbol.asyncDispose]();
  }
}

Deno.test("a request carries its type, the wanted headers, and comes compressed where that is asked for", async () => {
  for (const compression of ["none", "gzip"] as const) {
    await using fixture = new Fixture({ status: 200, body: "{}" }, { compression });
    assert.equal(new TextDecoder().decode(await fixture.sender.send(EMPTY, 5_000) ?? undefined), "{}");
    const [request] = fixture.receiver.requests;
    const headers = ["content-type", "api-key", "user-agent", "content-encoding"].map((name) =>
      request?.headers.get(name)
    );
    assert.deepEqual(headers, ["application/json", "a", "fproxy/1", compression === "gzip" ? "gzip" : null]);
    assert.deepEqual(fixture.failures, []);
  }
});

for (const status of [429, 502, 503, 504]) {
  Deno.test(`after ${status} the same is sent again`, async () => {
    await using fixture = new Fixture({ status });
    const [answer] = await Promise.all([fixture.sender.send(EMPTY, 10_000), fixture.recover()]);
    assert.notEqual(answer, null);
    assert.equal(fixture.receiver.requests.length, 2);
    assert.match(fixture.failures[0] ?? "", new RegExp(`answered ${status}`));
  });
}

Deno.test("after other answers it is given up at once", async () => {
  for (const status of [301, 400, 401, 404, 413, 500]) {
    await using fixture = new Fixture({ status });
    assert.equal(await fixture.sender.send(EMPTY, 10_000), null);
    assert.equal(fixture.receiver.requests.length, 1, `${status}`);
  }
});

Deno.test("Retry-After is waited for, on top of the time for the batch", async () => {
  await using fixture = new Fixture({ status: 429, headers: { "retry-after": "1" } });
  const [answer] = await Promise.all([fixture.sender.send(EMPTY, 500), fixture.recover()]);
  assert.notEqual(answer, null);
  const [first, second] = fixture.receiver.requests;
  // The timer counts from a moment after the receiver noted the request.
  assert.ok(second!.at - first!.at >= 990, `again after ${second!.at - first!.at} ms`);
});

Deno.test("a receiver that hangs is given up when its time is over", async () => {
  await using fixture = new Fixture("hang");
  const startedAt = performance.now();
  assert.equal(await fixture.sender.send(EMPTY, 300), null);
  assert.ok(performance.now() - startedAt >= 290);
  assert.match(fixture.failures[0] ?? "", /no answer of the receiver within 300 ms/);
});

Deno.test("a receiver that is down is tried again until the time is over", async () => {
  await using refusing = await RefusingAddress.take();
  await using fixture = new Fixture({ status: 200 }, { url: `http://127.0.0.1:${refusing.port}/v1/logs` });
  assert.equal(await fixture.sender.send(EMPTY, 1_200), null);
  assert.ok(fixture.failures.length >= 2, fixture.failures.join());
});

Deno.test("stop ends what is under way, and a pause", async () => {
  for (const answer of ["hang", { status: 429, headers: { "retry-after": "100" } }] as const) {
    await using fixture = new Fixture(answer);
    const sending = fixture.sender.send(EMPTY, 100_000);
    await eventually("the request", () => fixture.receiver.requests.length === 1);
    if (answer !== "hang") await eventually("the pause", () => fixture.failures.length === 1);
    fixture.sender.stop();
    assert.equal(await sending, null);
    assert.equal(await fixture.sender.send(EMPTY, 100_000), null);
  }
});
