import assert from "node:assert/strict";
import fc from "fast-check";
import { recommend, targetOf } from "../../../../src/region/autoscale/recommend.ts";
import { scaleSettings } from "../../../../src/region/model/app_settings.ts";

const TARGET = 100;

function replicas(...metrics: readonly (number | null)[]): number {
  return recommend({ metrics, target: TARGET }).replicas;
}

Deno.test("autoscale: as many as bring the average to the target", () => {
  assert.equal(replicas(200, 200), 4);
  assert.equal(replicas(250), 3);
  assert.equal(replicas(50, 50, 50, 50), 2);
  assert.equal(replicas(0, 0), 0);
  // What is near enough is left alone.
  assert.equal(replicas(110, 110), 2);
  assert.equal(replicas(90, 90), 2);
  assert.equal(replicas(111, 111), 3);
  assert.equal(replicas(100 / 3, 100 / 3, 100 / 3), 1);
});

Deno.test("autoscale: who has told nothing takes nothing away, and adds nothing", () => {
  assert.equal(replicas(), 0);
  assert.equal(replicas(null, null), 2);
  // Two at half their target and two unknown: three are needed if these have what they should.
  assert.equal(replicas(50, 50, null, null), 3);
  // Twice the target, and the unknown ones may be idle: then nothing is missing.
  assert.equal(replicas(200, null), 2);
  assert.equal(replicas(400, null), 4);
});

Deno.test("autoscale: missing metrics never lead to fewer than full ones would at most, nor to more", () => {
  const metric = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 1_000 }));
  fc.assert(fc.property(fc.array(metric, { minLength: 1, maxLength: 20 }), (metrics) => {
    const got = replicas(...metrics);
    const idle = replicas(...metrics.map((one) => one ?? 0));
    const onTarget = replicas(...metrics.map((one) => one ?? TARGET));
    assert.ok(
      got >= Math.min(idle, metrics.length) && got <= Math.max(onTarget, metrics.length),
      `${got} of ${metrics}`,
    );
    assert.ok(Number.isInteger(got));
  }));
});

Deno.test("autoscale: the formula says what was reckoned", () => {
  assert.equal(recommend({ metrics: [812, 812, 812], target: 500 }).formula, "ceil(3 × 812 / 500) = 5");
  assert.equal(recommend({ metrics: [105], target: 100 }).formula, "1 × 105 / 100 = 1.05, within 10 %");
  assert.equal(
    recommend({ metrics: [400, null], target: 100 }).formula,
    "ceil((1 × 400 / 100 and 1 at 0)) = 4",
  );
  assert.equal(recommend({ metrics: [null], target: 100 }).formula, "no metrics");
});

Deno.test("autoscale: what the target is about", () => {
  const of = (target: Record<string, unknown>): unknown =>
    targetOf(scaleSettings.parse({ min: 1, max: 5, target }));
  assert.deepEqual(of({ connections: 500 }), { metric: "connections", value: 500 });
  assert.deepEqual(of({ cpu: "60%" }), { metric: "cpu", value: 0.6 });
  assert.deepEqual(of({ requests_per_second: 9 }), { metric: "requests_per_second", value: 9 });
  assert.deepEqual(of({ new_connections_per_second: 7 }), { metric: "new_connections_per_second", value: 7 });
});
