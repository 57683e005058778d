import assert from "node:assert/strict";
import { Exposition } from "../../../../../src/control/telemetry/metrics/exposition.ts";
import type { Family } from "../../../../../src/control/telemetry/metrics/family.ts";
import type { MetricsSource } from "../../../../../src/control/telemetry/metrics/scrape.ts";
import { systemClock } from "../../../../../src/base/clock.ts";
import { MetricsText } from "../../../../kit/metrics.ts";

/** What these families do not read. */
const SOURCE = {
  status: () => ({ apps: [] }),
  daemon: { snapshots: new Map() },
} as unknown as MetricsSource;

function counter(values: readonly number[]): Family {
  return {
    type: "counter",
    name: "fproxy_things_total",
    help: "Things.",
    labels: ["n"],
    collect: () => values.map((value, n) => ({ labels: { n: `${n}` }, value })),
  };
}

async function render(families: readonly Family[], isOpenMetrics = false): Promise<string> {
  return (await new Exposition(families, SOURCE, systemClock).render(isOpenMetrics)).body;
}

Deno.test("a counter has its suffix once in both formats, and OpenMetrics ends as it has to", async () => {
  assert.equal(
    await render([counter([7])]),
    '# HELP fproxy_things_total Things.\n# TYPE fproxy_things_total counter\nfproxy_things_total{n="0"} 7\n',
  );
  assert.equal(
    await render([counter([7])], true),
    '# HELP fproxy_things Things.\n# TYPE fproxy_things counter\nfproxy_things_total{n="0"} 7\n# EOF\n',
  );
});

Deno.test("the content type says which format it is", async () => {
  const exposition = new Exposition([], SOURCE, systemClock);
  assert.equal((await exposition.render(false)).contentType, "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(
    (await exposition.render(true)).contentType,
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
  );
});

Deno.test("buckets are added up, in seconds, and the last is all", async () => {
  const text = await render([{
    type: "histogram",
    name: "fproxy_time_seconds",
    help: "Time.",
    labels: ["app"],
    collect: () => [{
      labels: { app: "web" },
      boundsMs: [0.5, 1_000],
      totals: { buckets: [2, 3, 4], sumMs: 12_500 },
    }],
  }]);
  assert.deepEqual(text.split("\n").slice(2, -1), [
    'fproxy_time_seconds_bucket{app="web",le="0.0005"} 2',
    'fproxy_time_seconds_bucket{app="web",le="1"} 5',
    'fproxy_time_seconds_bucket{app="web",le="+Inf"} 9',
    'fproxy_time_seconds_sum{app="web"} 12.5',
    'fproxy_time_seconds_count{app="web"} 9',
  ]);
});

Deno.test("thousands of series are whole, in order, and under one head", async () => {
  const values = Array.from({ length: 2_345 }, (_, n) => n * 3);
  const text = await render([counter(values)]);
  assert.equal(text.match(/^# TYPE/gm)?.length, 1);
  const found = new MetricsText(text).find("fproxy_things_total");
  assert.deepEqual(found.map(({ value }) => value), values);
});

Deno.test("other work has its turn while very many series are written", async () => {
  const values = Array.from({ length: 200_000 }, (_, n) => n);
  let turns = 0;
  const count = (): void => {
    turns++;
    timer = setImmediateTurn(count);
  };
  let timer = setImmediateTurn(count);
  await render([counter(values)]);
  timer();
  assert.ok(turns > 3, `${turns} turns`);
});

Deno.test("values of labels are escaped, and a metric without series is left out", async () => {
  const odd: Family = {
    type: "gauge",
    name: "fproxy_odd",
    help: "Odd.",
    labels: ["n"],
    collect: () => [{ labels: { n: 'a"b\\c\nd' }, value: 1 }],
  };
  assert.match(await render([odd]), /\{n="a\\"b\\\\c\\nd"\} 1/);
  assert.equal(await render([counter([])]), "");
});

/** Calls back in another turn of the event loop; what it returns cancels that. */
function setImmediateTurn(callback: () => void): () => void {
  return systemClock.timer(0, callback);
}
