import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { HttpTarget } from "../../kit/http_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { MetricsText } from "../../kit/metrics.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { Server } from "../../kit/servers.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";

const CLIENTS = 4;
const ROLLOUTS = 20;
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

type AppInput = ConfigInput["apps"][number];

/** What a client sent and got. */
class Tally {
  sessions = 0;
  requests = 0;
  bytesIn = 0;
  bytesOut = 0;
}

function apps(echo: TcpServer, web: HttpTarget, change = 0): AppInput[] {
  return [
    { name: "tcp", ports: [ANY_PORT], targets: [`127.0.0.1:${echo.port}`], idle_timeout: `${100 + change}s` },
    {
      name: "web",
      mode: "http",
      ports: [ANY_PORT],
      targets: [`http://127.0.0.1:${web.address.port}`],
      idle_timeout: `${100 + change}s`,
    },
  ];
}

async function scrape(proxy: Proxy, accept = "text/plain"): Promise<MetricsText> {
  const response = await fetch(`${proxy.adminUrl}/metrics`, { headers: { accept } });
  assert.equal(response.status, 200);
  return new MetricsText(await response.text());
}

async function tcpSession(port: number, tally: Tally): Promise<void> {
  using client = await Client.to(port);
  const text = "x".repeat(1 + tally.sessions * 37 % 3_000);
  assert.equal(await client.ask(text), text);
  await client.finish();
  assert.equal(await client.ended(), "closed");
  tally.sessions++;
  tally.bytesIn += text.length;
  tally.bytesOut += text.length;
}

/** Two requests on one connection. */
async function httpSession(port: number, tally: Tally): Promise<void> {
  using client = await HttpClient.to(port);
  const first = `GET /${"a".repeat(tally.sessions * 13 % 500)} HTTP/1.1\r\nHost: web.test\r\n\r\n`;
  const last = `GET / HTTP/1.1\r\nHost: web.test\r\nConnection: close\r\n\r\n`;
  await client.send(first + last);
  const text = await client.all();
  assert.equal(text.split("hello").length, 3);
  tally.sessions++;
  tally.requests += 2;
  tally.bytesIn += first.length + last.length;
  tally.bytesOut += text.length;
}

function count(metrics: MetricsText, histogram: string, app: string): number {
  const buckets = metrics.find(`${histogram}_bucket`, { app }).map(({ value }) => value);
  assert.deepEqual(buckets, buckets.toSorted((a, b) => a - b), "buckets hold all below them");
  const total = metrics.sum(`${histogram}_count`, { app });
  assert.equal(buckets.at(-1), total);
  return total;
}

function bytes(metrics: MetricsText, name: string, app: string): [number, number] {
  return [metrics.sum(name, { app, direction: "in" }), metrics.sum(name, { app, direction: "out" })];
}

/** Everything that is counted by app and by target. */
function checkSessions(metrics: MetricsText, app: string, tally: Tally): void {
  const { sessions, bytesIn, bytesOut } = tally;
  assert.equal(metrics.sum("fproxy_connections_total", { app }), sessions, "connections");
  assert.equal(metrics.sum("fproxy_connections_active", { app }), 0, "open connections");
  assert.equal(metrics.sum("fproxy_listener_connections_total", { app }), sessions, "by listener");
  assert.equal(metrics.sum("fproxy_connections_closed_total", { app, reason: "done" }), sessions, "done");
  assert.equal(metrics.sum("fproxy_connections_closed_total", { app }), sessions, "by reason");
  assert.deepEqual(bytes(metrics, "fproxy_bytes_total", app), [bytesIn, bytesOut], "bytes");
  assert.equal(count(metrics, "fproxy_connection_duration_seconds", app), sessions, "durations");
  assert.equal(
    count(metrics, "fproxy_connect_duration_seconds", app),
    metrics.sum("fproxy_connect_attempts_total", { app, result: "success" }),
    "connect times",
  );
}

Deno.test("counters and histograms equal what clients counted, over two threads and 20 rollouts", async () => {
  await using echo = echoTarget();
  await using web = new HttpTarget(() => ANSWER);
  await using proxy = await Proxy.start({ workers: 2, apps: apps(echo, web) });
  const [tcpPort, webPort] = [await proxy.port("tcp"), await proxy.port("web")];
  const [tcp, http] = [new Tally(), new Tally()];
  let isOver = false;
  const client = async (): Promise<void> => {
    do {
      await tcpSession(tcpPort, tcp);
      await httpSession(webPort, http);
    } while (!isOver);
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  for (let change = 1; change <= ROLLOUTS; change++) {
    await proxy.rollOut({ apps: apps(echo, web, change) });
  }
  isOver = true;
  await clients;
  await eventually("the last sessions to be counted", async () => {
    const metrics = await scrape(proxy);
    return metrics.sum("fproxy_connections_active") === 0;
  });
  const metrics = await scrape(proxy);
  checkSessions(metrics, "tcp", tcp);
  checkSessions(metrics, "web", http);
  assert.deepEqual(bytes(metrics, "fproxy_target_bytes_total", "tcp"), [tcp.bytesIn, tcp.bytesOut]);
  assert.equal(count(metrics, "fproxy_first_byte_seconds", "tcp"), tcp.sessions);
  const { requests } = http;
  assert.equal(metrics.sum("fproxy_http_requests_total", { app: "web" }), requests);
  assert.equal(metrics.sum("fproxy_http_responses_total", { app: "web", code: "2xx" }), requests);
  assert.equal(metrics.sum("fproxy_http_responses_total", { app: "web" }), requests);
  assert.equal(metrics.sum("fproxy_target_http_responses_total", { app: "web", code: "2xx" }), requests);
  assert.equal(metrics.sum("fproxy_target_http_requests_total", { app: "web" }), web.requests.length);
  assert.equal(count(metrics, "fproxy_http_request_duration_seconds", "web"), requests);
  assert.equal(count(metrics, "fproxy_first_byte_seconds", "web"), requests);
  assert.equal(metrics.sum("fproxy_config_reloads_total", { result: "success" }), ROLLOUTS + 1);
  assert.equal(metrics.find("fproxy_http_requests_total", { app: "tcp" }).length, 0);
});

testWith(
  ["nginx", "wrk"],
  "requests and bytes are those of wrk, but for what it broke off at its end",
  async () => {
    const connections = 16;
    await using nginx = await Server.nginx();
    const web = (change: number): ConfigInput => ({
      workers: 2,
      apps: [{
        name: "web",
        mode: "http",
        ports: [ANY_PORT],
        targets: [`http://127.0.0.1:${nginx.port}`],
        idle_timeout: `${100 + change}s`,
      }],
    });
    await using proxy = await Proxy.start(web(0));
    const port = await proxy.port("web");
    using client = await HttpClient.to(port);
    await client.send("GET / HTTP/1.1\r\nHost: web.test\r\nConnection: close\r\n\r\n");
    const closeLine = "Connection: close\r\n".length;
    const size = (await client.all()).length - closeLine;
    await using wrk = new LaunchedProgram({
      command: "wrk",
      args: ["-t1", `-c${connections}`, "-d120s", "--timeout", "30s", `http://127.0.0.1:${port}/`],
    });
    await eventually(
      "the load",
      async () => (await scrape(proxy)).sum("fproxy_http_requests_total", { app: "web" }) > 1_000,
    );
    for (let change = 1; change <= ROLLOUTS; change++) await proxy.rollOut(web(change));
    wrk.kill("SIGINT");
    const { stdout } = await wrk.result();
    assert.doesNotMatch(stdout, /Socket errors|Non-2xx/, stdout);
    const counted = Number(/(\d+) requests in/.exec(stdout)?.[1]);
    await eventually(
      "wrk to be gone",
      async () => (await scrape(proxy)).sum("fproxy_connections_active") === 0,
    );
    const metrics = await scrape(proxy);
    // The one before was ours.
    const requests = metrics.sum("fproxy_http_requests_total", { app: "web" }) - 1;
    assert.ok(requests >= counted && requests <= counted + connections, `${requests}, wrk says ${counted}`);
    const answers = metrics.sum("fproxy_http_responses_total", { app: "web", code: "2xx" }) - 1;
    const out = metrics.sum("fproxy_bytes_total", { app: "web", direction: "out" }) - size - closeLine;
    // The last answers of connections that wrk has closed by then say that they close.
    const closed = (out - answers * size) / closeLine;
    assert.ok([...Array(connections + 1).keys()].includes(closed), `${out} bytes, ${answers} of ${size}`);
    assert.ok(answers >= counted && answers <= requests, `${answers} answers, wrk says ${counted}`);
    assert.equal(count(metrics, "fproxy_http_request_duration_seconds", "web"), requests + 1);
  },
);

Deno.test("what leaves the config leaves the metrics, and nothing of a client is in them", async () => {
  await using echo = echoTarget();
  await using web = new HttpTarget(() => ANSWER);
  const [tcp, http] = apps(echo, web);
  assert.ok(tcp !== undefined && http !== undefined);
  await using proxy = await Proxy.start({
    apps: [{ ...tcp, targets: [`127.0.0.1:${echo.port}`, "127.0.0.1:1"] }, http],
  });
  using client = await HttpClient.to(await proxy.port("web"));
  await client.send("PROPFIND /secret-path HTTP/1.1\r\nHost: secret-host.test\r\n\r\n");
  assert.equal((await client.answer()).status, 200);
  const before = await scrape(proxy);
  assert.deepEqual(before.values("app"), new Set(["tcp", "web"]));
  assert.ok(before.values("target").has("127.0.0.1:1"));
  assert.doesNotMatch(before.text, /secret|PROPFIND|secret-host/);
  await proxy.rollOut({ apps: [tcp] });
  const after = await scrape(proxy);
  assert.deepEqual(after.values("app"), new Set(["tcp"]));
  assert.deepEqual(after.values("target"), new Set([`127.0.0.1:${echo.port}`]));
  assert.equal(after.values("listener").size, 1);
});

Deno.test("configs that are refused are counted, and the running one is told", async () => {
  await using echo = echoTarget();
  await using web = new HttpTarget(() => ANSWER);
  await using proxy = await Proxy.start({ apps: apps(echo, web) });
  await proxy.write("apps: [");
  await eventually(
    "the refusal",
    async () => (await scrape(proxy)).sum("fproxy_config_reloads_total", { result: "invalid" }) === 1,
  );
  const metrics = await scrape(proxy);
  assert.equal(metrics.sum("fproxy_config_last_reload_successful"), 0);
  assert.equal(metrics.sum("fproxy_config_revision"), 1);
  const since = Date.now() / 1_000 - metrics.sum("fproxy_config_last_reload_success_timestamp_seconds");
  assert.ok(since > 0 && since < 60, `${since} s ago`);
});

Deno.test("the process is told by its usual names", async () => {
  await using echo = echoTarget();
  await using web = new HttpTarget(() => ANSWER);
  await using proxy = await Proxy.start({ apps: apps(echo, web) });
  const metrics = await scrape(proxy);
  assert.ok(metrics.sum("process_cpu_seconds_total") > 0);
  assert.ok(metrics.sum("process_resident_memory_bytes") > 10_000_000);
  const open = metrics.sum("process_open_fds");
  const actual = [...Deno.readDirSync(`/proc/${proxy.pid}/fd`)].length;
  assert.ok(Math.abs(open - actual) <= 5, `${open} descriptors, the system says ${actual}`);
  assert.ok(metrics.sum("process_max_fds") > open);
  const age = Date.now() / 1_000 - metrics.sum("process_start_time_seconds");
  assert.ok(age > 0 && age < 120, `started ${age} s ago`);
  assert.equal(metrics.sum("fproxy_workers", { state: "running" }), 2);
  await eventually(
    "the event loop to be timed",
    async () => (await scrape(proxy)).sum("fproxy_control_loop_delay_seconds_count") > 0,
  );
});

testWith(["promtool"], "promtool finds nothing to say", async () => {
  await using echo = echoTarget();
  await using web = new HttpTarget(() => ANSWER);
  const [tcp, http] = apps(echo, web);
  assert.ok(tcp !== undefined && http !== undefined);
  await using proxy = await Proxy.start({
    apps: [{ ...tcp, outlier_detection: {}, health_check: { type: "tcp" } }, http],
  });
  using client = await HttpClient.to(await proxy.port("web"));
  await client.get();
  const { text } = await scrape(proxy);
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.deepEqual([code, said], [0, ""]);
});
