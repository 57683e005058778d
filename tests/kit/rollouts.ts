import type { ConfigChange } from "../../src/control/changes/config_change.ts";
import type { Plan } from "../../src/control/changes/plan.ts";
import type { RolloutReceipt } from "../../src/control/daemon/rollout_receipt.ts";
import type { RolloutSubject } from "../../src/control/rollouts/rollout.ts";
import { sha256 } from "../../src/control/config/watching/sha256.ts";

/** No change at all. */
export const NO_CHANGE: ConfigChange = { options: [], apps: [], targets: [], restart_needed: [] };

/** A plan of nothing. */
export const NO_PLAN: Plan = {
  ...NO_CHANGE,
  apps: [],
  targets: [],
  listeners: { kept: [], opened: [], closed: [] },
  sessions: { kept: 0, draining: 0, cut: 0 },
  nothing: true,
};

/** What a rollout did that touched nothing. */
export const NO_RECEIPT: RolloutReceipt = {
  sessions: { kept: 0, draining: 0, cut: 0 },
  listeners: { kept: 0, opened: 0, closed: 0, failed: 0 },
  threads_missing: 0,
};

/** A config without mistakes, whose text is not known unless given. */
export function rolloutSubject(changes: Partial<RolloutSubject> = {}): RolloutSubject {
  return { cause: "file", source: "apps.yaml", hash: "", text: null, diagnostics: [], ...changes };
}

/** One of that text. */
export async function subjectOf(text: string): Promise<RolloutSubject> {
  const bytes = new TextEncoder().encode(text);
  return rolloutSubject({ hash: await sha256(bytes), text: bytes });
}
