import assert from "node:assert/strict";
import { parse } from "yaml";
import { METRICS } from "../../../src/control/telemetry/metrics/mod.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { HttpTarget } from "../../kit/http_target.ts";
import { testWith } from "../../kit/programs.ts";
import { Prometheus } from "../../kit/prometheus.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const ALERTS = new URL("../../../docs/prometheus/alerts.yaml", import.meta.url).pathname;
const DASHBOARD = new URL("../../../docs/grafana/fproxy.json", import.meta.url);
/** Every panel has to show something within this time. */
const PANELS_MS = 60_000;

/** A part of a dashboard. */
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { readonly query: string } }[];
  };
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

function config(echoPort: number, webPort: number, refusingPort: number): ConfigInput {
  const refusing = `127.0.0.1:${refusingPort}`;
  const health_check = { type: "tcp", interval: "1s" } as const;
  return {
    // Accept queues are told by it alone.
    engine: "epoll",
    workers: 2,
    apps: [
      {
        name: "tcp",
        ports: [ANY_PORT],
        targets: [`127.0.0.1:${echoPort}`, { address: refusing, health_check }],
        outlier_detection: {},
      },
      { name: "web", mode: "http", ports: [ANY_PORT], targets: [`http://127.0.0.1:${webPort}`] },
    ],
  };
}

/** A dashboard's expression as Grafana would send it with all instances and apps chosen. */
function filledIn(expression: string): string {
  return expression.replaceAll("$__rate_interval", "5s").replaceAll(/\$(?:instance|app)\b/g, ".*");
}

/** Ours that an expression names, suffixes of histograms taken off. */
function namesIn(expression: string): string[] {
  return [...expression.matchAll(/\b(?:fproxy|process)_[a-z_]+\b/g)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, "")
  );
}

async function traffic(proxy: Proxy): Promise<void> {
  using client = await Client.to(await proxy.port("tcp"));
  await client.ask("hello");
  await client.finish();
  await client.ended();
  using http = await HttpClient.to(await proxy.port("web"));
  await http.get();
}

async function alertExpressions(): Promise<string[]> {
  const { groups }: RuleFile = parse(await Deno.readTextFile(ALERTS));
  return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
}

/** Series that show a number. */
async function shown(prometheus: Prometheus, expression: string): Promise<number> {
  const series = await prometheus.query(filledIn(expression));
  return series.filter(({ value: [, text] }) => text !== "NaN").length;
}

testWith(
  ["prometheus"],
  "a Prometheus that scrapes the proxy understands every alert and panel",
  async () => {
    await using echo = echoTarget();
    await using web = new HttpTarget(() => ANSWER);
    await using refusing = await RefusingAddress.take();
    await using proxy = await Proxy.start(config(echo.port, web.address.port, refusing.port));
    const target = encodeURIComponent(`127.0.0.1:${echo.port}`);
    const change = await fetch(`${proxy.adminUrl}/api/v1/apps/tcp/targets/${target}/override`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ weight: 2, reason: "a test", for: "1h" }),
    });
    assert.equal(change.status, 200, await change.text());
    await using prometheus = await Prometheus.start(proxy.adminUrl.replace("http://", ""), [ALERTS]);

    const dashboard: Dashboard = JSON.parse(await Deno.readTextFile(DASHBOARD));
    const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ title, expr }))
    );
    assert.ok(panels.length > 40);
    for (const { title, expr } of panels) {
      await eventually(`panel "${title}" to show something: ${filledIn(expr)}`, async () => {
        await traffic(proxy);
        return await shown(prometheus, expr) > 0;
      }, PANELS_MS);
    }
    for (const { expr } of dashboard.annotations.list) await prometheus.query(filledIn(expr));
    for (const { name, query } of dashboard.templating.list) {
      if (typeof query === "string") continue;
      const [, selector = "", label = ""] = query.query.match(/^label_values\((.+), (\w+)\)$/) ?? [];
      const series = await prometheus.query(filledIn(selector));
      assert.ok(series.some(({ metric }) => metric[label] !== undefined), `variable ${name}`);
    }

    await eventually("all rules to be evaluated", async () => {
      const rules = await prometheus.rules();
      return rules.length > 15 && rules.every(({ health }) => health === "ok") || rules;
    });
    const known = new Set(METRICS.map(({ name }) => name));
    for (const name of [...await alertExpressions(), ...panels.map(({ expr }) => expr)].flatMap(namesIn)) {
      assert.ok(known.has(name), `${name} is no metric`);
    }
    await eventually("the alert to name the target that is down, and no other", async () => {
      const down = await prometheus.query(`ALERTS{alertname="FproxyTargetDown"}`);
      const named = down.map(({ metric }) => metric.target);
      return named.length === 1 && named[0] === `127.0.0.1:${refusing.port}` || named;
    });
    const counted = await prometheus.query(`fproxy_connections_total{app="tcp"}`);
    assert.ok(Number(counted[0]?.value[1]) > 0);
  },
);
