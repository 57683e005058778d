import assert from "node:assert/strict";
import {
  type OtlpEnvironment,
  readOtlpSettings,
} from "../../../../../src/control/telemetry/otlp/settings/settings.ts";

const PROCESS = {
  version: "1.2.3",
  instanceId: "one",
  hostname: "here",
  pid: 7,
  runtimeVersion: "2.0.0",
};
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

function read(variables: Readonly<Record<string, string>>): OtlpEnvironment {
  return readOtlpSettings((name) => variables[name], () => PROCESS);
}

/** Names of the signals that are sent. */
function signals(variables: Readonly<Record<string, string>>): string[] {
  const { settings } = read(variables);
  return (["traces", "metrics", "logs"] as const).filter((signal) => settings?.[signal] != null);
}

function ignored(variables: Readonly<Record<string, string>>): string[] {
  return read({ ...ENDPOINT, ...variables }).ignored.map(({ variable }) => variable);
}

Deno.test("nothing is sent unless a variable asks for it", () => {
  assert.deepEqual(read({}), { settings: null, ignored: [] });
  assert.deepEqual(signals({ OTEL_SERVICE_NAME: "x", OTEL_TRACES_SAMPLER: "always_on" }), []);
  assert.deepEqual(signals({ OTEL_EXPORTER_OTLP_ENDPOINT: " " }), []);
  assert.deepEqual(signals(ENDPOINT), ["traces", "metrics", "logs"]);
  assert.deepEqual(signals({ ...ENDPOINT, OTEL_SDK_DISABLED: "TRUE" }), []);
  assert.deepEqual(signals({ ...ENDPOINT, OTEL_METRICS_EXPORTER: "none" }), ["traces", "logs"]);
  assert.deepEqual(signals({ OTEL_LOGS_EXPORTER: "otlp" }), ["logs"]);
  assert.deepEqual(signals({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://x/y" }), ["traces"]);
});

Deno.test("an endpoint of one signal is taken as it is, that of all gets the signal's path", () => {
  const { settings } = read({
    OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector/base/",
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs:1/exact?x=1",
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b, X-Other=1",
    OTEL_EXPORTER_OTLP_LOGS_HEADERS: "api-key=c",
    OTEL_EXPORTER_OTLP_TIMEOUT: "3000",
    OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: "4000",
    OTEL_EXPORTER_OTLP_PROTOCOL: "HTTP/JSON",
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/protobuf",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
  });
  assert.deepEqual(settings?.traces?.receiver, {
    url: "https://collector/base/v1/traces",
    protocol: "http/json",
    headers: { "api-key": "a b", "x-other": "1" },
    timeoutMs: 3_000,
    compression: "gzip",
  });
  assert.deepEqual(settings?.logs?.receiver, {
    url: "http://logs:1/exact?x=1",
    protocol: "http/protobuf",
    headers: { "api-key": "c", "x-other": "1" },
    timeoutMs: 4_000,
    compression: "gzip",
  });
});

Deno.test("credentials of an endpoint become a header, and stand in no address that is shown", () => {
  const { settings } = read({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:p%40ss@collector:4318" });
  assert.deepEqual(settings?.traces?.receiver.url, "http://collector:4318/v1/traces");
  assert.deepEqual(settings?.traces?.receiver.headers, { authorization: `Basic ${btoa("me:p@ss")}` });
});

Deno.test("without other variables the defaults of the specification are taken", () => {
  const { settings, ignored } = read({ OTEL_TRACES_EXPORTER: "otlp", OTEL_METRICS_EXPORTER: "otlp" });
  assert.deepEqual(ignored, []);
  assert.deepEqual(settings?.traces, {
    receiver: {
      url: "http://localhost:4318/v1/traces",
      protocol: "http/protobuf",
      headers: {},
      timeoutMs: 10_000,
      compression: "none",
    },
    batch: { maxQueue: 2_048, maxBatch: 512, delayMs: 5_000, timeoutMs: 30_000 },
    sampling: { followsParent: true, share: 1 },
  });
  assert.deepEqual([settings?.metrics?.intervalMs, settings?.metrics?.timeoutMs], [60_000, 30_000]);
});

Deno.test("samplers", () => {
  const sampling = (sampler: string, share?: string) =>
    read({
      ...ENDPOINT,
      OTEL_TRACES_SAMPLER: sampler,
      ...(share === undefined ? {} : { OTEL_TRACES_SAMPLER_ARG: share }),
    }).settings?.traces?.sampling;
  assert.deepEqual(sampling("always_on"), { followsParent: false, share: 1 });
  assert.deepEqual(sampling("always_off"), { followsParent: false, share: 0 });
  assert.deepEqual(sampling("traceidratio", "0.25"), { followsParent: false, share: 0.25 });
  assert.deepEqual(sampling("traceidratio"), { followsParent: false, share: 1 });
  assert.deepEqual(sampling("parentbased_always_off"), { followsParent: true, share: 0 });
  assert.deepEqual(sampling("parentbased_traceidratio", "0.5"), { followsParent: true, share: 0.5 });
  assert.deepEqual(sampling("jaeger_remote"), { followsParent: true, share: 1 });
});

Deno.test("the resource: OTEL_SERVICE_NAME goes before OTEL_RESOURCE_ATTRIBUTES, and those before what is known", () => {
  const { settings } = read({
    ...ENDPOINT,
    OTEL_RESOURCE_ATTRIBUTES: "service.name=a,host.name=there,deployment.environment.name=pro%2Cd",
    OTEL_SERVICE_NAME: "b",
  });
  assert.deepEqual(settings?.resource, {
    "service.name": "b",
    "service.version": "1.2.3",
    "service.instance.id": "one",
    "host.name": "there",
    "process.pid": 7,
    "process.runtime.name": "deno",
    "process.runtime.version": "2.0.0",
    "deployment.environment.name": "pro,d",
  });
});

Deno.test("a value that is wrong is said once, and the default taken", () => {
  for (
    const [variable, value] of Object.entries({
      OTEL_SDK_DISABLED: "yes",
      OTEL_EXPORTER_OTLP_PROTOCOL: "thrift",
      OTEL_EXPORTER_OTLP_TIMEOUT: "10s",
      OTEL_EXPORTER_OTLP_HEADERS: "no equals sign",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "collector:4318",
      OTEL_EXPORTER_OTLP_COMPRESSION: "zstd",
      OTEL_EXPORTER_OTLP_CERTIFICATE: "ca.pem",
      OTEL_TRACES_EXPORTER: "zipkin",
      OTEL_TRACES_SAMPLER: "jaeger_remote",
      OTEL_RESOURCE_ATTRIBUTES: "a=%",
      OTEL_BSP_SCHEDULE_DELAY: "0",
      OTEL_BSP_MAX_QUEUE_SIZE: "1.5",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "4096",
      OTEL_BLRP_EXPORT_TIMEOUT: "-1",
      OTEL_METRIC_EXPORT_INTERVAL: "x",
    })
  ) {
    assert.deepEqual(ignored({ [variable]: value }), [variable]);
  }
  assert.deepEqual(ignored({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" }), [
    "OTEL_TRACES_SAMPLER_ARG",
  ]);
  const { settings } = read({
    ...ENDPOINT,
    OTEL_BSP_MAX_QUEUE_SIZE: "100",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "200",
  });
  assert.deepEqual([settings?.traces?.batch.maxQueue, settings?.traces?.batch.maxBatch], [100, 100]);
});

Deno.test("grpc is refused with what to do", () => {
  const { settings, ignored } = read({ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
  assert.equal(settings?.traces?.receiver.protocol, "http/protobuf");
  assert.match(ignored[0]?.reason ?? "", /OTLP over HTTP alone.*4318/);
});

Deno.test("what is wrong in headers is not shown: they hold secrets", () => {
  const { ignored: [told] } = read({
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer secret%zz",
  });
  assert.equal(told?.reason.includes("secret"), false);
});
