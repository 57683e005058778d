import assert from "node:assert/strict";
import { demoFiles } from "../../../../src/cli/region/demo/demo_files.ts";
import { type DemoPlan, planDemo } from "../../../../src/cli/region/demo/demo_plan.ts";
import { endedText, introduction } from "../../../../src/cli/region/demo/demo_text.ts";
import { freePortBlock } from "../../../../src/cli/region/demo/free_port_block.ts";
import { Traffic } from "../../../../src/cli/region/demo/traffic.ts";
import { loadApps, loadConfig } from "../../../../src/control/config/mod.ts";
import { STRATEGY_NAMES } from "../../../../src/model/config_strategy.ts";
import { APP_EXTRAS } from "../../../../src/region/model/app_settings.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

const PLAN: DemoPlan = planDemo("/place/fproxy_region_x", ["/opt/deno", "run", "it's.ts"]);

const ENVIRONMENT = new Map([["FPROXY_NODE", "auto-1"], ["FPROXY_PORT_RANGE", "30000-30019"]]);

Deno.test("region demo: every config and every file of apps that it writes is valid", async () => {
  const files = new Map(demoFiles(PLAN).map(({ path, text }) => [path, text]));
  const env = { get: (name: string) => ENVIRONMENT.get(name), names: () => [...ENVIRONMENT.keys()] };
  for (const [path, text] of files) {
    const options = { file: path, strategies: STRATEGY_NAMES };
    if (/^(?:n\d|front-\d|made)\.yaml$/.test(path)) {
      const result = loadConfig(text, env, options);
      assert.ok(result.ok, JSON.stringify(result));
    }
    if (/^(?:apps|change|more)\.yaml$/.test(path)) {
      const result = await loadApps(new TextEncoder().encode(text), env, options, APP_EXTRAS);
      assert.ok(result.ok, JSON.stringify(result));
    }
  }
  assert.match(files.get("fproxy")!, /^exec '\/opt\/deno' 'run' 'it'\\''s\.ts' "\$@"$/m);
});

Deno.test("region demo: no two of its programs have a port in common", () => {
  const ports = [
    ...PLAN.servers.flatMap(({ port, clusterPort }) => [port, clusterPort]),
    ...PLAN.nodes.flatMap(({ adminPort, ports: { first, last } }) => [adminPort, ...between(first, last)]),
    ...PLAN.fronts.flatMap(({ adminPort, appPorts }) => [adminPort, ...appPorts]),
    ...PLAN.targets,
    ...between(PLAN.madePorts.first, PLAN.madePorts.last),
  ];
  assert.equal(new Set(ports).size, ports.length);
  assert.equal(Math.max(...ports) - Math.min(...ports) + 1, ports.length);
});

function between(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

Deno.test("region demo: ports in a row are those between which nobody listens", () => {
  assert.equal(freePortBlock(10, (port) => port !== 18_004 && port !== 18_010), 18_011);
  assert.throws(() => freePortBlock(10, (port) => port % 10 !== 0), /no 10 free ports in a row/);
});

Deno.test("region demo: what it says names what was started, and what to try", () => {
  const text = introduction(PLAN, (name) => name.length * 100);
  assert.match(text, /kill -9 200/);
  assert.match(text, /region drain-node n2 --wait/);
  assert.match(text, new RegExp(`dashboard http://127\\.0\\.0\\.1:${PLAN.fronts[0]!.adminPort}/`));
  assert.match(
    endedText(PLAN, { name: "n1", lastLine: "" }, { code: 137, signal: "SIGKILL" }),
    /^n1 was ended by SIGKILL: its apps come to other nodes .*\n.*fproxy --config .*n1\.yaml\n$/,
  );
  assert.match(
    endedText(PLAN, { name: "nats-1", lastLine: "no room" }, { code: 1, signal: null }),
    /^nats-1 ended with code 1; the others go on\. It said last: no room\n$/,
  );
});

Deno.test("region demo: a line each second says how many connections each front has served", async () => {
  const clock = new FakeClock(Date.UTC(2030, 0, 1, 12));
  const lines: string[] = [];
  const end = new AbortController();
  const running = new Traffic({
    clock,
    fronts: [{ name: "f1", addresses: ["a", "b"] }, { name: "f2", addresses: ["c"] }],
    ask: (address) =>
      address === "b" ? Promise.reject(new Error("refused")) : Promise.resolve(address === "c" ? "" : "hi"),
    tell: (line) => lines.push(line),
  }).run(end.signal);
  for (let turn = 0; lines.length < 2; turn++) {
    assert.ok(turn < 100);
    clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  end.abort();
  clock.advance(100);
  await running;
  assert.equal(
    lines[1],
    "12:00:02  f1: 10 served, 10 failed (refused)   f2: 0 served, 20 failed (it was closed without an answer)",
  );
});
