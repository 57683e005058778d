import assert from "node:assert/strict";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { MetricsText } from "../../kit/metrics.ts";
import { OtlpReceiver } from "../../kit/otlp_receiver.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** The exit waits two seconds for a receiver; what else it does is on a busy machine. */
const EXIT_MAX_MS = 10_000;

async function sessions(port: number, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    using client = await Client.to(port);
    assert.equal(await client.ask("12345"), "12345");
    await client.finish();
    await client.ended();
  }
}

async function dropped(proxy: Proxy): Promise<number> {
  const metrics = new MetricsText(await (await proxy.ask("/metrics")).text());
  return metrics.sum("fproxy_otlp_dropped_total", { signal: "traces" });
}

function told(proxy: Proxy, message: string): unknown[] {
  return proxy.logged(message).filter(({ signal }) => signal === "traces");
}

const FAILING = "telemetry cannot be sent, trying again";
const RECOVERED = "telemetry is sent again";

Deno.test("a receiver that hangs costs bounded memory and no session; it is said once, and does not hold up the exit", async () => {
  await using receiver = new OtlpReceiver();
  receiver.answer = "hang";
  await using target = echoTarget();
  const apps = [{ name: "echo", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }];
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    OTEL_BSP_SCHEDULE_DELAY: "20",
    OTEL_BSP_MAX_QUEUE_SIZE: "10",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "5",
  };
  await using proxy = await Proxy.start({ apps }, { env });
  await sessions(await proxy.port("echo"), 50);
  // Two spans each, of which a batch is under way and ten wait.
  await eventually("the rest to be dropped", async () => await dropped(proxy) >= 100 - 5 - 10);
  assert.equal(told(proxy, FAILING).length, 1);
  const startedAt = performance.now();
  proxy.program.kill("SIGTERM");
  const { code } = await proxy.program.result();
  assert.equal(code, 0);
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs < EXIT_MAX_MS, `the exit took ${tookMs} ms`);
});

Deno.test("a receiver that comes back gets what waited, and it is said what was dropped", async () => {
  await using receiver = new OtlpReceiver();
  receiver.answer = { status: 400 };
  await using target = echoTarget();
  const apps = [{ name: "echo", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }];
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.endpoint}/v1/traces`,
    OTEL_BSP_SCHEDULE_DELAY: "20",
  };
  await using proxy = await Proxy.start({ apps }, { env });
  const port = await proxy.port("echo");
  await sessions(port, 3);
  // The rollout, and two spans a session.
  await eventually("them to be dropped", async () => await dropped(proxy) === 7);
  receiver.answer = { status: 200 };
  await sessions(port, 1);
  await eventually("the next session's spans", () => receiver.spans.length === 2);
  await eventually("the end of the outage", () => told(proxy, RECOVERED).length === 1);
  assert.equal(told(proxy, FAILING).length, 1);
  assert.equal(proxy.logged(RECOVERED)[0]?.dropped, 7);
});

Deno.test("what waits is sent at the exit", async () => {
  await using receiver = new OtlpReceiver();
  await using target = echoTarget();
  const apps = [{ name: "echo", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }];
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: "600000" };
  await using proxy = await Proxy.start({ apps }, { env });
  await sessions(await proxy.port("echo"), 1);
  proxy.program.kill("SIGTERM");
  assert.equal((await proxy.program.result()).code, 0);
  assert.deepEqual(receiver.spans.map(({ name }) => name).toSorted(), ["connect", "rollout", "tcp echo"]);
  assert.ok(receiver.logs.some(({ eventName }) => eventName === "drained"));
  assert.equal(receiver.metrics.get("fproxy_connections_total")?.points[0]?.value, 1);
});

Deno.test("values that are wrong are said, and the proxy runs", async () => {
  await using target = echoTarget();
  await using receiver = new OtlpReceiver();
  const apps = [{ name: "echo", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }];
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_TRACES_SAMPLER: "sometimes",
    OTEL_BSP_SCHEDULE_DELAY: "soon",
  };
  await using proxy = await Proxy.start({ apps }, { env });
  await sessions(await proxy.port("echo"), 1);
  const variables = proxy.logged("a variable of OpenTelemetry is ignored").map(({ variable }) => variable);
  assert.deepEqual(variables.toSorted(), [
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_TRACES_SAMPLER",
  ]);
});
