import assert from "node:assert/strict";
import type { AppCertificates } from "../../../../src/control/certificates/app_certificates.ts";
import { compileApp, slotNames } from "../../../../src/control/daemon/compile.ts";
import { listenKeys } from "../../../../src/control/daemon/listening/listen_keys.ts";
import { literalListening } from "../../../../src/control/daemon/listening/listen_plan.ts";
import type { ServiceRecord } from "../../../../src/control/dns/services/service_record.ts";
import { PortSettler } from "../../../../src/control/daemon/listening/port_settler.ts";
import { Slots } from "../../../../src/control/daemon/slots.ts";
import type { AppConfig, ConfigInput } from "../../../../src/model/config.ts";
import type { AppSnapshot } from "../../../../src/model/snapshot.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { FakeMemory } from "../../../kit/fake_memory.ts";

function newSlots(): Slots {
  const { board, totals } = new FakeMemory();
  return new Slots(board, totals);
}

type AppInput = ConfigInput["apps"][number];

function appOf(input: Partial<AppInput>): AppConfig {
  const app =
    parseConfig({ apps: [{ name: "a", ports: [5001], targets: ["10.0.0.1:80"], ...input }] }).apps[0];
  assert.ok(app !== undefined);
  return app;
}

function compile(
  input: Partial<AppInput>,
  slots = newSlots(),
  ports = new PortSettler(),
  records: readonly ServiceRecord[] = [],
): AppSnapshot {
  return compileApp(appOf(input), 9, {
    slots,
    ports,
    engine: () => "deno",
    listening: literalListening,
    addresses: (host) =>
      host === "two.example" ? ["10.1.0.1", "fd00::1"] : /^[\d.]+$/.test(host) ? [host] : [],
    records: () => records,
    certificates: () => CERTIFICATES,
    script: () => null,
    maxIdleConnections: Infinity,
    zone: "a",
    hashTable: (entries) => ({ offset: 0, size: entries.length, version: 1 }),
    access: () => null,
    limitTable: (_app, _slot, { entries }) => ({ offset: 0, version: 1, entries }),
    accessLogSample: 0.5,
  });
}

const CERTIFICATES: AppCertificates = { certificate: null, caCerts: ["an authority"] };

Deno.test("targets become keys, addresses and limits", () => {
  const { targets } = compile({
    targets: [
      "10.0.0.1:80",
      { address: "two.example:81", weight: 5, max_connections: 7, backup: true },
      "none.example:82",
    ],
  });
  assert.deepEqual(targets.map(({ slot: _, http: __, ...rest }) => rest), [
    {
      key: "10.0.0.1:80",
      addresses: [{ ip: "10.0.0.1", port: 80 }],
      weight: 1,
      backup: false,
      priority: 0,
      zone: "",
      maxConnections: 0,
      configIndex: 0,
    },
    {
      key: "two.example:81",
      addresses: [{ ip: "10.1.0.1", port: 81 }, { ip: "fd00::1", port: 81 }],
      weight: 5,
      backup: true,
      priority: 0,
      zone: "",
      maxConnections: 7,
      configIndex: 1,
    },
    {
      key: "none.example:82",
      addresses: [],
      weight: 1,
      backup: false,
      priority: 0,
      zone: "",
      maxConnections: 0,
      configIndex: 2,
    },
  ]);
});

Deno.test("the policy is in milliseconds and whole seconds", () => {
  const { policy, revision, strategy } = compile({
    connect_timeout: "1500ms",
    idle_timeout: 0,
    half_close_timeout: "1m",
    max_connection_duration: "1h",
    drain_timeout: "10s",
    retry: { max_attempts: 4, attempt_timeout: "auto" },
    tcp: { keepalive: { idle: "1m", interval: "5s", count: 3 }, user_timeout: "0s" },
    max_connections: 12,
  });
  assert.equal(revision, 9);
  assert.deepEqual(strategy, { type: "round_robin" });
  assert.deepEqual(policy, {
    connectTimeoutMs: 1_500,
    idleTimeoutMs: 0,
    halfCloseTimeoutMs: 60_000,
    maxConnectionDurationMs: 3_600_000,
    drainTimeoutMs: 10_000,
    maxAttempts: 4,
    attemptTimeoutMs: 0,
    raceDelayMs: 250,
    maxConnections: 12,
    backlog: 4096,
    deferAcceptS: 0,
    fastOpenQueue: 0,
    tcp: { noDelay: true, keepAlive: { idleS: 60, intervalS: 5, count: 3 }, userTimeoutMs: 0 },
    failOpenPercent: 0,
    accessLogSample: 0.5,
  });
  const other = compile({ retry: { attempt_timeout: "2s" }, tcp: { keepalive: false } }).policy;
  assert.deepEqual([other.attemptTimeoutMs, other.tcp.keepAlive], [2_000, null]);
});

Deno.test("socket options are in whole seconds and bytes; sizes that the system chooses are left out", () => {
  const { backlog, deferAcceptS, fastOpenQueue, tcp } = compile({
    backlog: 7,
    tcp: { defer_accept: "1m30s", fast_open: 64, send_buffer: "64KiB", receive_buffer: 5000 },
  }).policy;
  assert.deepEqual([backlog, deferAcceptS, fastOpenQueue], [7, 90, 64]);
  assert.deepEqual([tcp.sendBufferBytes, tcp.receiveBufferBytes], [65_536, 5_000]);
  const { tcp: plain } = compile({}).policy;
  assert.equal("sendBufferBytes" in plain || "receiveBufferBytes" in plain, false);
});

Deno.test("every part has a slot of its own, and keeps it when the app is compiled again", () => {
  const slots = newSlots();
  const input: Partial<AppInput> = { ports: [5001, 5002], targets: ["10.0.0.1:80", "10.0.0.2:80"] };
  const first = compile(input, slots);
  const all = [
    first.slot,
    ...first.listeners.map(({ slot }) => slot),
    ...first.targets.map(({ slot }) => slot),
  ];
  assert.equal(new Set(all).size, 5);
  const again = compile({ ...input, targets: ["10.0.0.2:80", "10.0.0.3:80"] }, slots);
  assert.equal(again.slot, first.slot);
  assert.equal(again.targets[0]?.slot, first.targets[1]?.slot);
  slots.releaseExcept(new Set(slotNames(first)), 1);
  for (let i = 0; i < 2; i++) slots.sweep(1);
  assert.equal(slots.isInUse(again.targets[1]?.slot ?? -1), false);
  for (const slot of all) assert.equal(slots.isInUse(slot), true);
});

Deno.test("the same address and target in another app are other parts", () => {
  const slots = newSlots();
  const one = compile({}, slots);
  const two = compile({ name: "b" }, slots);
  assert.notEqual(one.targets[0]?.slot, two.targets[0]?.slot);
  assert.notEqual(one.listeners[0]?.slot, two.listeners[0]?.slot);
});

Deno.test("a port that the system chooses is the same for all threads and rollouts, and free for the threads to bind", () => {
  const ports = new PortSettler();
  const input: Partial<AppInput> = { ports: ["127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:5003"] };
  const keys = listenKeys(appOf(input));
  assert.deepEqual(keys, ["127.0.0.1:0#a.0", "127.0.0.1:0#a.1", "127.0.0.1:5003"]);
  const first = compile(input, undefined, ports).listeners.map(({ address }) => address.port);
  const again = compile(input, undefined, ports).listeners.map(({ address }) => address.port);
  assert.deepEqual(again, first);
  assert.equal(new Set(first).size, 3);
  assert.ok(first.every((port) => port > 0));
  // As the threads do, while control still holds the port.
  const bound = Deno.listen({ hostname: "127.0.0.1", port: first[0] ?? 0, reusePort: true });
  ports.release();
  bound.close();
  ports.keepOnly(new Set(keys.slice(0, 1)));
  const later = compile(input, undefined, ports).listeners.map(({ address }) => address.port);
  assert.equal(later[0], first[0]);
  ports.release();
});

Deno.test("an app in TCP mode has nothing of HTTP", () => {
  const { http, certificate, targets } = compile({});
  assert.deepEqual([http, certificate, targets[0]?.http], [null, null, null]);
});

Deno.test("URLs become endpoints, and their canonical form is the target's key", () => {
  const { targets } = compile({
    mode: "http",
    targets: ["https://One.example/apis/", "http://two.example.:8080", "two.example:80", "https://[::1]"],
  });
  assert.deepEqual(targets.map(({ key, http }) => [key, http]), [
    ["https://one.example/apis", {
      scheme: "https",
      authority: "one.example",
      hostname: "one.example",
      basePath: "/apis",
    }],
    ["http://two.example.:8080", {
      scheme: "http",
      authority: "two.example.:8080",
      hostname: "two.example",
      basePath: "",
    }],
    ["http://two.example", {
      scheme: "http",
      authority: "two.example",
      hostname: "two.example",
      basePath: "",
    }],
    ["https://[::1]", { scheme: "https", authority: "[::1]", hostname: "::1", basePath: "" }],
  ]);
  assert.deepEqual(targets[2]?.addresses, [{ ip: "10.1.0.1", port: 80 }, { ip: "fd00::1", port: 80 }]);
});

Deno.test("the HTTP policy is in milliseconds, bytes and shares", () => {
  const { http, strategy } = compile({
    mode: "http",
    http: {
      dispatch: "hedged",
      attempt_timeout: "2s",
      hedge_after: "p90",
      max_extra_load: "10%",
      terminal_responses: [200, "300-399"],
      on_exhausted: 502,
      max_replay_body: "1KiB",
      replay: "all",
      preserve_host: true,
      forwarded: "off",
      request_timeout: "3s",
      header_timeout: "4s",
      body_timeout: "5s",
      min_body_rate: "1KiB",
      max_header_size: "2KiB",
      max_headers: 7,
      max_response_header_size: "3KiB",
      max_response_headers: 8,
      lenient_responses: false,
      keep_alive_timeout: "6s",
      pool: { max_idle: 8, idle_timeout: "9s" },
      tls: { insecure_skip_verify: true },
    },
  });
  assert.deepEqual(strategy, { type: "first" });
  assert.deepEqual(http, {
    dispatch: "hedged",
    attemptTimeoutMs: 2_000,
    hedgeAfter: { quantile: 0.9 },
    maxExtraLoad: 0.1,
    terminalResponses: [200, "300-399"],
    onExhausted: 502,
    maxReplayBodyBytes: 1024,
    replay: "all",
    preserveHost: true,
    forwarded: "off",
    requestTimeoutMs: 3_000,
    headerTimeoutMs: 4_000,
    bodyTimeoutMs: 5_000,
    minBodyRate: 1024,
    maxHeadBytes: 2048,
    maxFields: 7,
    maxResponseHeadBytes: 3072,
    maxResponseFields: 8,
    lenientResponses: false,
    keepAliveTimeoutMs: 6_000,
    maxIdleConnections: 8,
    idleConnectionTimeoutMs: 9_000,
    tls: { caCerts: ["an authority"], insecureSkipVerify: true },
  });
  assert.deepEqual(compile({ mode: "http", http: { hedge_after: "50ms" } }).http?.hedgeAfter, {
    delayMs: 50,
  });
});

Deno.test("a service is as many targets as it has hosts, all but the lowest priority as backups", () => {
  const records = [
    { host: "two.example", port: 81, priority: 5, weight: 10 },
    { host: "10.0.0.7", port: 82, priority: 5, weight: 5 },
    { host: "none.example", port: 83, priority: 6, weight: 0 },
  ];
  const compileService = (
    target: string | { address: string; weight?: number; backup?: boolean },
    mode = "tcp",
  ) =>
    compile(
      { mode: mode === "http" ? "http" : "tcp", targets: [target, "10.0.0.7:82"] },
      newSlots(),
      new PortSettler(),
      records,
    ).targets;
  assert.deepEqual(
    compileService("_x._tcp.web.example").map(({ slot: _, http: __, priority: ___, zone: ____, ...rest }) =>
      rest
    ),
    [
      {
        key: "two.example:81",
        addresses: [{ ip: "10.1.0.1", port: 81 }, { ip: "fd00::1", port: 81 }],
        weight: 2,
        backup: false,
        maxConnections: 0,
        configIndex: 0,
      },
      // What another target comes to, too, is one target.
      {
        key: "10.0.0.7:82",
        addresses: [{ ip: "10.0.0.7", port: 82 }],
        weight: 1,
        backup: false,
        maxConnections: 0,
        configIndex: 0,
      },
      { key: "none.example:83", addresses: [], weight: 1, backup: true, maxConnections: 0, configIndex: 0 },
    ],
  );
  const backups = compileService({ address: "_x._tcp.web.example", weight: 10, backup: true });
  assert.deepEqual(backups.map(({ weight, backup }) => [weight, backup]), [[20, true], [10, true], [
    10,
    true,
  ]]);
  const [endpoint] = compileService("https://_x._tcp.web.example./v1", "http");
  assert.equal(endpoint?.key, "https://two.example:81/v1");
  assert.deepEqual(endpoint?.http, {
    scheme: "https",
    authority: "web.example",
    hostname: "web.example",
    basePath: "/v1",
  });
});

Deno.test("a target that the config names twice is two, with one slot", () => {
  const { targets } = compile({ targets: ["10.0.0.7:82", "10.0.0.7:82"] });
  assert.deepEqual(targets.map(({ key }) => key), ["10.0.0.7:82", "10.0.0.7:82"]);
  assert.equal(targets[0]?.slot, targets[1]?.slot);
});
