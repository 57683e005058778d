import assert from "node:assert/strict";
import type { Validation } from "../../src/control/admin/api/config.ts";
import type { WholeRollout } from "../../src/control/admin/api/schemas/rollout.ts";
import type { Plan } from "../../src/control/changes/plan.ts";
import { sha256 } from "../../src/control/config/watching/sha256.ts";
import type { ConfigInput } from "../../src/model/config.ts";
import { eventually } from "./eventually.ts";
import { ANY_PORT, cold, type Proxy, TEST_ENGINE } from "./proxy.ts";

/** A config as tests of plans write it. */
export function planText(config: ConfigInput): string {
  const around = { admin: { listen: ANY_PORT }, engine: TEST_ENGINE, workers: 2, access_log: { to: "none" } };
  return JSON.stringify({ ...around, ...cold({ ...around, ...config }), ...config }, null, 2);
}

/** What the proxy says of another config. */
export async function validateText(proxy: Proxy, text: string): Promise<Validation> {
  const response = await fetch(`${proxy.adminUrl}/api/v1/config/validate`, { method: "POST", body: text });
  assert.equal(response.status, 200);
  return await response.json();
}

/** What a reload with a valid config would do. */
export async function planOf(proxy: Proxy, text: string): Promise<Plan> {
  const { plan, plan_error } = await validateText(proxy, text);
  assert.equal(plan_error, "");
  assert.ok(plan !== null);
  return plan;
}

/** Writes a config, and waits for what became of it. */
export async function rolledOut(proxy: Proxy, text: string): Promise<WholeRollout> {
  const hash = await sha256(new TextEncoder().encode(text));
  const before = (await lastRollout(proxy)).number;
  await proxy.write(text);
  let found: WholeRollout | null = null;
  await eventually("the rollout", async () => {
    const last = await lastRollout(proxy);
    if (last.number <= before || last.hash !== hash) return JSON.stringify(last);
    found = await rolloutOf(proxy, last.number);
    return true;
  }, 60_000);
  assert.ok(found !== null);
  return found;
}

/** All of a rollout. */
export async function rolloutOf(proxy: Proxy, number: number): Promise<WholeRollout> {
  return await (await proxy.ask(`/api/v1/rollouts/${number}`)).json();
}

async function lastRollout(proxy: Proxy): Promise<Pick<WholeRollout, "number" | "hash">> {
  const { rollouts } = await (await proxy.ask("/api/v1/rollouts?limit=1")).json();
  return rollouts[0];
}
