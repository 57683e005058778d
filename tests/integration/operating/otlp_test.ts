import assert from "node:assert/strict";
import { Client, turnedAway } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { OtlpReceiver } from "../../kit/otlp_receiver.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";

/** Soon, so that tests do not wait for the usual times. */
const SOON = {
  OTEL_BSP_SCHEDULE_DELAY: "50",
  OTEL_BLRP_SCHEDULE_DELAY: "50",
  OTEL_METRIC_EXPORT_INTERVAL: "200",
} as const;

function environment(
  receiver: OtlpReceiver,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, ...SOON, ...more };
}

async function oneSession(port: number): Promise<void> {
  using client = await Client.to(port);
  assert.equal(await client.ask("12345"), "12345");
  await client.finish();
  await client.ended();
}

Deno.test("a TCP session is a span, each attempt a child with its address, time and error", async () => {
  await using receiver = new OtlpReceiver();
  await using target = echoTarget();
  await using refusing = await RefusingAddress.take();
  const [good, bad] = [`127.0.0.1:${target.port}`, `127.0.0.1:${refusing.port}`];
  const apps = [{ name: "echo", ports: [ANY_PORT], targets: [bad, good] }];
  await using proxy = await Proxy.start({ apps }, { env: environment(receiver) });
  await oneSession(await proxy.port("echo"));
  await eventually("the session's spans", () => receiver.spansNamed("connect").length === 2);
  const [session] = receiver.spansNamed("tcp echo");
  assert.ok(session !== undefined);
  const { attributes } = session;
  assert.deepEqual([session.kind, session.parentSpanId, session.statusCode, session.flags & 1], [
    2,
    "",
    0,
    1,
  ]);
  assert.deepEqual(
    [attributes["fproxy.app"], attributes["fproxy.target"], attributes["fproxy.close_reason"]],
    ["echo", good, "done"],
  );
  assert.deepEqual([attributes["fproxy.bytes_in"], attributes["client.address"]], [5, "127.0.0.1"]);
  assert.equal(session.resource["service.name"], "fproxy");
  const attempts = receiver.childrenOf(session).toSorted((one, other) => one.startMs - other.startMs);
  assert.deepEqual(
    attempts.map((
      one,
    ) => [one.kind, one.attributes["network.peer.port"], one.attributes["error.type"], one.statusCode]),
    [[3, refusing.port, "refused", 2], [3, target.port, undefined, 0]],
  );
  for (const { startMs, endMs, traceId } of attempts) {
    assert.equal(traceId, session.traceId);
    assert.ok(startMs >= session.startMs - 0.01 && endMs <= session.endMs + 0.01 && startMs <= endMs);
  }
});

Deno.test("a session that found no target is a span with an error", async () => {
  await using receiver = new OtlpReceiver();
  await using refusing = await RefusingAddress.take();
  const apps = [{ name: "echo", ports: [ANY_PORT], targets: [`127.0.0.1:${refusing.port}`] }];
  await using proxy = await Proxy.start({ apps }, { env: environment(receiver) });
  await turnedAway(await proxy.port("echo"));
  await eventually("its span", () => receiver.spansNamed("tcp echo").length === 1);
  const [session] = receiver.spansNamed("tcp echo");
  assert.deepEqual([session?.statusCode, session?.attributes["error.type"]], [2, "connect_failed"]);
});

Deno.test("an HTTP request is a span, and its attempts are the parents of what endpoints do", async () => {
  await using receiver = new OtlpReceiver();
  await using failing = new HttpTarget(() => answerText(503, "no"));
  await using good = new HttpTarget(() => answerText(200, "yes"));
  const targets = [failing, good].map(({ address }) => `http://127.0.0.1:${address.port}`);
  const apps = [{ name: "web", mode: "http" as const, ports: [ANY_PORT], targets }];
  const env = environment(receiver, { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" });
  await using proxy = await Proxy.start({ apps }, { env });
  using client = await HttpClient.to(await proxy.port("web"));
  assert.equal((await client.get("/a/b?c=d")).status, 200);
  await eventually("its spans", () => receiver.spansNamed("GET").length === 3);
  const request = receiver.spansNamed("GET").find(({ kind }) => kind === 2);
  assert.ok(request !== undefined);
  const { attributes } = request;
  assert.deepEqual(
    [
      attributes["url.path"],
      attributes["url.query"],
      attributes["http.response.status_code"],
      attributes["url.scheme"],
    ],
    ["/a/b", "c=d", 200, "http"],
  );
  const attempts = receiver.childrenOf(request).toSorted((one, other) => one.startMs - other.startMs);
  assert.deepEqual(
    attempts.map((
      one,
    ) => [one.attributes["http.response.status_code"], one.attributes["url.full"], one.statusCode]),
    [[503, `${targets[0]}/a/b?c=d`, 2], [200, `${targets[1]}/a/b?c=d`, 0]],
  );
  const sent = [failing, good].map(({ requests }) => requests[0]?.fields.get("traceparent"));
  assert.deepEqual(sent, attempts.map(({ spanId }) => `00-${request.traceId}-${spanId}-01`));
});

Deno.test("in a fan-out each endpoint is a child, and who was not needed is told apart", async () => {
  await using receiver = new OtlpReceiver();
  const held = Promise.withResolvers<null>();
  await using slow = new HttpTarget(() => held.promise);
  using _release = { [Symbol.dispose]: () => held.resolve(null) };
  await using quick = new HttpTarget(() => answerText(200, "yes"));
  const targets = [slow, quick].map(({ address }) => `http://127.0.0.1:${address.port}`);
  const http = { dispatch: "fanout" as const };
  const apps = [{ name: "web", mode: "http" as const, ports: [ANY_PORT], targets, http }];
  await using proxy = await Proxy.start({ apps }, { env: environment(receiver) });
  using client = await HttpClient.to(await proxy.port("web"));
  assert.equal((await client.get("/")).status, 200);
  await eventually("its spans", () => receiver.spansNamed("GET").length === 3);
  const request = receiver.spansNamed("GET").find(({ kind }) => kind === 2);
  const told = receiver.childrenOf(request!).map(({ attributes, statusCode }) => [
    attributes["fproxy.target"],
    attributes["http.response.status_code"],
    attributes["fproxy.abandoned"],
    statusCode,
  ]);
  assert.deepEqual(told.toSorted(([, status]) => status === undefined ? -1 : 1), [
    [targets[0], undefined, true, 0],
    [targets[1], 200, undefined, 0],
  ]);
});

Deno.test("an event that tells of an attempt is in its span", async () => {
  await using receiver = new OtlpReceiver();
  await using broken = new HttpTarget(() => "nonsense\r\n\r\n");
  const targets = [`http://127.0.0.1:${broken.address.port}`];
  const apps = [{ name: "web", mode: "http" as const, ports: [ANY_PORT], targets }];
  await using proxy = await Proxy.start({ apps }, { env: environment(receiver) });
  using client = await HttpClient.to(await proxy.port("web"));
  assert.equal((await client.get("/")).status, 502);
  await eventually("the event", () => receiver.logs.some(({ eventName }) => eventName === "answer_refused"));
  await eventually("the spans", () => receiver.spansNamed("GET").length === 2);
  const attempt = receiver.spansNamed("GET").find(({ kind }) => kind === 3);
  const event = receiver.logs.find(({ eventName }) => eventName === "answer_refused");
  assert.deepEqual([event?.traceId, event?.spanId], [attempt?.traceId, attempt?.spanId]);
  assert.deepEqual([attempt?.statusCode, attempt?.attributes["error.type"]], [2, event?.attributes.code]);
});

Deno.test("a trace goes on through two proxies, with its state, and its sampled flag is obeyed", async () => {
  await using receiver = new OtlpReceiver();
  await using endpoint = new HttpTarget(() => answerText(200, "yes"));
  const app = (target: string) => ({
    name: "web",
    mode: "http" as const,
    ports: [ANY_PORT],
    targets: [target],
  });
  const env = environment(receiver);
  await using inner = await Proxy.start({ apps: [app(`http://127.0.0.1:${endpoint.address.port}`)] }, {
    env,
  });
  await using outer = await Proxy.start({ apps: [app(`http://127.0.0.1:${await inner.port("web")}`)] }, {
    env,
  });
  using client = await HttpClient.to(await outer.port("web"));
  const ask = async (flags: string): Promise<void> => {
    const parent = `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`;
    const { status } = await client.get("/", [`traceparent: ${parent}`, "tracestate: vendor=1"]);
    assert.equal(status, 200);
  };
  await ask("00");
  await ask("01");
  await eventually("four spans", () => receiver.spansNamed("GET").length === 4);
  const chain = ["b7ad6b7169203331"];
  for (let depth = 0; depth < 4; depth++) {
    const next = receiver.spansNamed("GET").find(({ parentSpanId }) => parentSpanId === chain.at(-1));
    assert.ok(next !== undefined, `no span under ${chain.at(-1)}`);
    assert.deepEqual([next.traceId, next.traceState], ["0af7651916cd43dd8448eb211c80319c", "vendor=1"]);
    chain.push(next.spanId);
  }
  const [unsampled, sampled] = endpoint.requests.map(({ fields }) => fields);
  assert.match(unsampled?.get("traceparent") ?? "", /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  assert.equal(sampled?.get("traceparent"), `00-0af7651916cd43dd8448eb211c80319c-${chain.at(-1)}-01`);
  assert.deepEqual([unsampled?.get("tracestate"), sampled?.get("tracestate")], ["vendor=1", "vendor=1"]);
});

Deno.test("without the variables nothing of OpenTelemetry is loaded, and trace fields pass as they are", async () => {
  await using endpoint = new HttpTarget(() => answerText(200, "yes"));
  const targets = [`http://127.0.0.1:${endpoint.address.port}`];
  await using proxy = await Proxy.start({
    apps: [{ name: "web", mode: "http", ports: [ANY_PORT], targets }],
  });
  using client = await HttpClient.to(await proxy.port("web"));
  await client.get("/", ["traceparent: anything", "tracestate: at=all"]);
  const fields = endpoint.requests[0]?.fields;
  assert.deepEqual([fields?.get("traceparent"), fields?.get("tracestate")], ["anything", "at=all"]);
  assert.deepEqual(proxy.logged("telemetry is sent by OTLP"), []);
});

Deno.test("metrics come as sums, gauges and histograms, with the numbers of /metrics", async () => {
  await using receiver = new OtlpReceiver();
  await using target = echoTarget();
  const apps = [{ name: "echo", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }];
  await using proxy = await Proxy.start({ apps }, { env: environment(receiver) });
  await oneSession(await proxy.port("echo"));
  const connections = () => receiver.metrics.get("fproxy_connections_total");
  await eventually("the session to be counted", () => connections()?.points[0]?.value === 1);
  const [sum, gauge, histogram] = [
    "fproxy_connections_total",
    "fproxy_target_up",
    "fproxy_connection_duration_seconds",
  ]
    .map((name) => receiver.metrics.get(name));
  assert.deepEqual(
    [sum, gauge, histogram].map((one) => [one?.type, one?.unit, one?.temporality, one?.isMonotonic]),
    [["sum", "1", 2, true], ["gauge", "1", undefined, false], ["histogram", "s", 2, false]],
  );
  const point = histogram?.points[0];
  assert.deepEqual([point?.attributes.app, point?.count, point?.buckets.length], [
    "echo",
    1,
    point!.bounds.length + 1,
  ]);
  const text = await (await proxy.ask("/metrics")).text();
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assert.deepEqual(names.filter((name) => !receiver.metrics.has(name!)), []);
});

Deno.test("events are log records, and a rollout is a span to which its events belong", async () => {
  await using receiver = new OtlpReceiver();
  await using target = echoTarget();
  const app = { name: "echo", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] };
  await using proxy = await Proxy.start({ apps: [app] }, { env: environment(receiver) });
  await proxy.rollOut({ apps: [app, { ...app, name: "other" }] });
  await proxy.write("apps: 1\n");
  await eventually("three rollouts", () => receiver.spansNamed("rollout").length === 3);
  await eventually("the last event", () => receiver.logs.some((log) => log.eventName === "config_refused"));
  const results = receiver.spansNamed("rollout").map(({ attributes, statusCode }) => [
    attributes["fproxy.rollout.result"],
    attributes["fproxy.rollout.apps_added"],
    statusCode,
  ]);
  assert.deepEqual(results, [["applied", 1, 0], ["applied", 1, 0], ["refused", 0, 2]]);
  const told = ["started", "config_applied", "config_refused"].map((name) =>
    receiver.logs.find(({ eventName }) => eventName === name)
  );
  assert.deepEqual(
    told.map((log) => log?.spanId),
    receiver.spansNamed("rollout").map(({ spanId }) => spanId),
  );
  assert.deepEqual(
    told.map((log) => [log?.severity, log?.severityText, log?.body]),
    [[9, "INFO", "started"], [9, "INFO", "config rolled out"], [
      17,
      "ERROR",
      "config refused, the running one stays",
    ]],
  );
  assert.equal(told[1]?.attributes.added, 1);
});
