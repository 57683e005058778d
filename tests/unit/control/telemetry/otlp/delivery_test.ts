import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import { Delivery } from "../../../../../src/control/telemetry/otlp/delivery.ts";
import { codecs } from "../../../../../src/control/telemetry/otlp/encoding/encode.ts";
import type { Span } from "../../../../../src/control/telemetry/otlp/span.ts";
import { LogLines } from "../../../../kit/log_lines.ts";
import { OtlpReceiver } from "../../../../kit/otlp_receiver.ts";

const SPAN: Span = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  parentSpanId: null,
  isParentRemote: false,
  flags: 1,
  traceState: "vendor=1",
  name: "one",
  kind: "server",
  startMs: 1_700_000_000_000.25,
  endMs: 1_700_000_000_001.5,
  attributes: { text: "é", whole: 5, part: 0.5, yes: true, list: ["a", "b"], nothing: undefined },
  error: "refused",
};

class Fixture implements AsyncDisposable {
  readonly receiver = new OtlpReceiver();
  readonly log = new LogLines();
  readonly delivery: Delivery<readonly Span[]>;

  constructor(protocol: "http/protobuf" | "http/json") {
    const settings = {
      url: `${this.receiver.endpoint}/v1/traces`,
      protocol,
      headers: {},
      timeoutMs: 5_000,
      compression: "none",
    } as const;
    this.delivery = new Delivery(
      "traces",
      settings,
      5_000,
      () => Promise.resolve(codecs({ "service.name": "x" }, "1")[protocol].traces),
      { clock: systemClock, random: () => 0.5, log: this.log.log, userAgent: "fproxy/1" },
    );
  }

  async send(isCalm = true): Promise<void> {
    await this.delivery.send([SPAN, { ...SPAN, spanId: "00f067aa0ba902b7" }], 2, () => isCalm);
  }

  get counts(): [sent: number, dropped: number] {
    const { sent, dropped } = this.delivery.health;
    return [sent, dropped];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver[Symbol.asyncDispose]();
  }
}

for (const protocol of ["http/protobuf", "http/json"] as const) {
  Deno.test(`a span comes over ${protocol} as it is`, async () => {
    await using fixture = new Fixture(protocol);
    await fixture.send();
    assert.deepEqual(fixture.counts, [2, 0]);
    const [span] = fixture.receiver.spans;
    assert.deepEqual({ ...span, flags: 0 }, {
      traceId: SPAN.traceId,
      spanId: SPAN.spanId,
      parentSpanId: "",
      traceState: "vendor=1",
      name: "one",
      kind: 2,
      startMs: SPAN.startMs,
      endMs: SPAN.endMs,
      attributes: { text: "é", whole: 5, part: 0.5, yes: true, list: ["a", "b"] },
      statusCode: 2,
      flags: 0,
      resource: { "service.name": "x" },
    });
    assert.equal(span!.flags & 0xff, 1);
  });
}

Deno.test("an outage is said once, and once more with what was dropped when it is over", async () => {
  await using fixture = new Fixture("http/protobuf");
  fixture.receiver.answer = { status: 400 };
  for (let n = 0; n < 3; n++) await fixture.send();
  fixture.receiver.answer = { status: 200 };
  await fixture.send(false);
  assert.deepEqual(fixture.log.lines.map(({ event }) => event), ["otlp_failing"]);
  await fixture.send();
  await fixture.send();
  assert.deepEqual(fixture.log.lines.map(({ event, signal, dropped }) => [event, signal, dropped]), [
    ["otlp_failing", "traces", undefined],
    ["otlp_recovered", "traces", 6],
  ]);
  assert.deepEqual(fixture.counts, [6, 6]);
});

Deno.test("what a receiver refuses of a batch is counted, and said with its reason", async () => {
  await using fixture = new Fixture("http/json");
  const partialSuccess = { rejectedSpans: 1, errorMessage: "too old" };
  fixture.receiver.answer = { status: 200, body: JSON.stringify({ partialSuccess }) };
  await fixture.send();
  assert.deepEqual(fixture.counts, [1, 1]);
  assert.match(String(fixture.log.lines[0]?.error), /too old/);
});

Deno.test("an encoder that cannot be loaded costs the batch, and is said", async () => {
  await using receiver = new OtlpReceiver();
  const log = new LogLines();
  const settings = {
    url: `${receiver.endpoint}/v1/traces`,
    protocol: "http/json",
    headers: {},
    timeoutMs: 5_000,
    compression: "none",
  } as const;
  const context = { clock: systemClock, random: () => 0.5, log: log.log, userAgent: "fproxy/1" };
  const delivery = new Delivery(
    "traces",
    settings,
    5_000,
    () => Promise.reject(new Error("no module")),
    context,
  );
  await delivery.send([SPAN], 1, () => true);
  assert.equal(delivery.health.dropped, 1);
  assert.equal(log.lines[0]?.error, "no module");
});
