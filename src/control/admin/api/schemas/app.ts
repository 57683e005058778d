import * as z from "zod";
import type { AppStatus } from "../../../daemon/status.ts";
import { targetView, viewTarget } from "./target.ts";

const STATES = ["starting", "ready", "degraded", "failed", "draining"] as const satisfies readonly AppStatus[
  "state"
][];

/** State of an app. */
export const appState = z.enum(STATES);

const counters = z.strictObject({
  connections_total: z.int(),
  connections_active: z.int(),
  connections_closed_total: z.record(z.string(), z.int()).describe(
    "By reason; those that never occurred are left out.",
  ),
  connect_retries_total: z.int(),
  bytes_in_total: z.int(),
  bytes_out_total: z.int(),
  ejections_total: z.record(z.string(), z.int()).describe("By cause."),
});

const listener = z.strictObject({
  listener: z.string().describe("As configured."),
  address: z.string().describe("As bound; empty where a name has none."),
  bound: z.boolean(),
  sockets_served: z.int(),
  sockets_wanted: z.int(),
  error: z.string().optional(),
  connections_total: z.int(),
  connections_active: z.int(),
  accept_errors_total: z.int(),
}).meta({ id: "Listener" });

/** An app without its targets. */
export const appView = z.strictObject({
  name: z.string(),
  state: appState,
  ready: z.boolean().describe("Whether it serves, with as many targets as `min_available` asks for."),
  available: z.int().describe("Targets that can take sessions."),
  targets_total: z.int(),
  min_available: z.int(),
  fails_open: z.boolean(),
  revision: z.int(),
  engine: z.string(),
  strategy: z.string(),
  counters,
  listeners: z.array(listener),
}).meta({ id: "App" });

/** One of {@link appView}. */
export type AppView = z.output<typeof appView>;

/** An app with its targets. */
export const wholeAppView = appView.extend({ targets: z.array(targetView) }).meta({ id: "WholeApp" });

/** Shows an app without its targets. */
export function viewApp(app: AppStatus): z.input<typeof appView> {
  return {
    name: app.name,
    state: app.state,
    ready: app.ready,
    available: app.available,
    targets_total: app.targets.length,
    min_available: app.min_available,
    fails_open: app.fails_open,
    revision: app.revision,
    engine: app.engine,
    strategy: app.strategy,
    counters: {
      ...app.counters,
      connections_closed_total: { ...app.counters.connections_closed_total },
      ejections_total: { ...app.counters.ejections_total },
    },
    listeners: app.listeners.map((listener) => ({ ...listener })),
  };
}

/** Shows all of it. */
export function viewWholeApp(app: AppStatus): z.input<typeof wholeAppView> {
  return { ...viewApp(app), targets: app.targets.map(viewTarget) };
}
