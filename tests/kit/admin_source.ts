import type { AdminSource } from "../../src/control/admin/app.ts";
import { Sessions } from "../../src/control/sessions/sessions.ts";
import { Why } from "../../src/control/sessions/why.ts";
import { Live } from "../../src/control/telemetry/live/live.ts";
import { Board } from "../../src/model/board.ts";
import type { Status } from "../../src/control/daemon/status.ts";
import { Overrides } from "../../src/control/overrides/overrides.ts";
import { RolloutLog } from "../../src/control/rollouts/rollout_log.ts";
import { LogLevelControl } from "../../src/control/telemetry/log_level.ts";
import { FakeClock } from "./fake_clock.ts";
import { LogLines } from "./log_lines.ts";
import { NO_PLAN } from "./rollouts.ts";
import { whyTrace } from "./why_trace.ts";

const WHY_ANSWER = { type: "why", number: 1, traces: [whyTrace()], kept: 1000 } as const;

/** What an admin server shows, for tests: a status, and the apps in it. */
export function adminSource(status: () => Status, changes: Partial<AdminSource> = {}): AdminSource {
  return {
    version: "1.2.3",
    status,
    metrics: () => Promise.resolve({ contentType: "text/plain", body: "" }),
    appNames: () => status().apps.map(({ name }) => name),
    app: (name) => status().apps.find((app) => app.name === name),
    overrides: new Overrides({
      clock: new FakeClock(),
      log: new LogLines().log,
      configured: () => 1,
      onChange: () => {},
    }),
    clock: new FakeClock(),
    sessions: new Sessions(
      { sessions: () => Promise.resolve({ sessions: [], count: 0, missing: [] }) },
      new LogLines().log,
    ),
    why: new Why({
      why: () => Promise.resolve({ answers: [{ thread: 0, answer: WHY_ANSWER }], missing: [] }),
    }),
    live: new Live(Board.allocate()),
    samples: { follow: () => ({ next: () => Promise.resolve(null), close: () => {} }) },
    rollouts: new RolloutLog(new FakeClock(), new LogLines().log),
    plan: () => Promise.resolve(NO_PLAN),
    departing: () => Promise.resolve(new Map()),
    document: null,
    region: { membership: null, follow: () => null },
    refresh: () => {},
    logLevel: new LogLevelControl(new FakeClock(), new LogLines().log, "info"),
    ...changes,
  };
}
