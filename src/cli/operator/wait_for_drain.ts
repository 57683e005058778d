import { type Clock, sleep } from "../../base/clock.ts";
import { formatDuration } from "../../base/duration.ts";
import { DRAIN_WAIT_POLL_MS } from "../../base/limits.ts";
import type { TargetView } from "../../control/admin/api/schemas/target.ts";
import { failed } from "../admin/admin_options.ts";
import type { OperatorClient } from "./operator_client.ts";

/** What is waited for. */
export interface DrainWait {
  readonly app: string;
  readonly target: string;
  /** Null: as long as it takes. */
  readonly timeoutMs: number | null;
  readonly clock: Clock;
  /** Called with the number of open sessions, when it changed, once a second at most. */
  onOpen(count: number): void;
}

const REPORT_INTERVAL_MS = 1_000;
/** A session that was being given to the target at the moment of the drain is counted by then. */
const QUIET_LOOKS = 2;
/** The admin server may be moving, or short of descriptors. */
const MAX_FAILURES = 5;

/**
 * Waits until the last session of a drained target has ended.
 * @throws {FproxyError} when the time is over, or the target is not drained any more.
 */
export async function waitForDrain(client: Pick<OperatorClient, "targets">, wait: DrainWait): Promise<void> {
  const { clock, timeoutMs, onOpen } = wait;
  const startedAt = clock.now();
  let reportedAt = -Infinity;
  let reported = -1;
  for (let quiet = 0;;) {
    const view = await look(client, wait);
    const open = view.connections_active;
    if (view.effective.state === "ready") {
      throw failed(`the drain of ${wait.target} ended before its last session did: ${sessions(open)} open`);
    }
    quiet = open === 0 ? quiet + 1 : 0;
    if (quiet === QUIET_LOOKS) return;
    const now = clock.now();
    if (timeoutMs !== null && now - startedAt >= timeoutMs) {
      throw failed(
        `${wait.target} still has ${sessions(open)} open after ${
          formatDuration(timeoutMs)
        }; it stays drained`,
      );
    }
    if (open !== reported && now - reportedAt >= REPORT_INTERVAL_MS) {
      onOpen(open);
      reported = open;
      reportedAt = now;
    }
    await sleep(clock, DRAIN_WAIT_POLL_MS);
  }
}

/** `1 session`, `7 sessions`. */
export function sessions(count: number): string {
  return `${count} session${count === 1 ? "" : "s"}`;
}

async function look(
  client: Pick<OperatorClient, "targets">,
  { app, target, clock }: DrainWait,
): Promise<TargetView> {
  for (let failures = 1;; failures++) {
    try {
      const view = (await client.targets(app)).find((one) => one.target === target);
      if (view !== undefined) return view;
    } catch (error) {
      if (failures === MAX_FAILURES) throw error;
      await sleep(clock, DRAIN_WAIT_POLL_MS);
      continue;
    }
    throw failed(`${target} is no target of app ${app} any more`);
  }
}
