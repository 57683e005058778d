import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { type AccessRecord, accessRecords } from "../../kit/access_records.ts";
import { eventually } from "../../kit/eventually.ts";
import { type PacedClient, PacedClients } from "../../kit/paced_clients.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** New connections a second. */
export const RATE = 200;
export const INTERVAL_MS = 300;
export const TIMEOUT_MS = 300;
export const UNHEALTHY_THRESHOLD = 3;
/** What is promised: so many intervals and one time-out; and what a busy machine adds. */
export const OUT_WITHIN_MS = UNHEALTHY_THRESHOLD * INTERVAL_MS + TIMEOUT_MS + 4_000;

/** What all probes of these tests have in common. */
export const PROBE = {
  interval: `${INTERVAL_MS}ms`,
  timeout: `${TIMEOUT_MS}ms`,
  unhealthy_threshold: UNHEALTHY_THRESHOLD,
} as const;
/** A probe that needs more than a connection: the kernel accepts also for those who stand still. */
export const ECHO = { ...PROBE, type: "tcp", send: "?", expect: "?" } as const;

type AppInput = ConfigInput["apps"][number];

/** One app, `web`, with its targets probed. */
export function web(targets: AppInput["targets"], more: Partial<AppInput> = {}): ConfigInput {
  return {
    access_log: { to: "stdout" },
    apps: [{ name: "web", ports: [ANY_PORT], targets, health_check: { ...ECHO }, ...more }],
  };
}

/** Waits until so many targets take sessions. @returns how long that took, milliseconds. */
export async function available(proxy: Proxy, count: number): Promise<number> {
  const startedAt = performance.now();
  await eventually(`${count} targets to be available`, async () => {
    const now = (await proxy.app("web")).available;
    return now === count || now;
  });
  return performance.now() - startedAt;
}

/** So many more clients have had their end. */
export async function more(clients: PacedClients, count: number): Promise<void> {
  const wanted = clients.results.length + count;
  await eventually(`${count} more clients`, () => clients.results.length >= wanted);
}

/** The records of clients that come from now on, all of which are served. @param before how many came before. */
export async function servedFromNow(
  proxy: Proxy,
  client: PacedClient,
  before: number,
): Promise<AccessRecord[]> {
  await recorded(proxy, before);
  const clients = new PacedClients(RATE, client);
  await more(clients, RATE);
  await clients.stop();
  assert.deepEqual(clients.failuresSince(0), []);
  await recorded(proxy, before + clients.results.length);
  return accessRecords(proxy, before);
}

/** So many clients have their records. */
export function recorded(proxy: Proxy, count: number): Promise<void> {
  return eventually(
    `${count} records`,
    () => accessRecords(proxy).length === count || accessRecords(proxy).length,
  );
}

/** All of them were served by this target, and nobody asked another. */
export function assertServedBy(records: readonly AccessRecord[], target: string): void {
  const seen = new Set(records.map((record) => `${record.target} after ${record.attempts}: ${record.tried}`));
  assert.deepEqual([...seen], [`${target} after 1: `]);
}

/** The slowest hundredth took at least so long. */
export function percentile99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
}
