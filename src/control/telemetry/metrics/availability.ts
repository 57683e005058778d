import { EJECTION_CAUSES } from "../../../model/ejections.ts";
import { Admin, Health } from "../../../model/target_words.ts";
import { APP_STATES } from "../../daemon/app_state.ts";
import type { Family } from "./family.ts";
import { perApp, perTarget, states } from "./families.ts";

/** How apps and targets are: what health checks, failing sessions and operators say, and what that comes to. */
export const AVAILABILITY_METRICS: readonly Family[] = [
  {
    type: "gauge",
    name: "fproxy_app_state",
    help: "1 for the state that an app is in.",
    labels: ["app", "state"],
    collect: ({ apps }) =>
      apps.flatMap(({ snapshot: { name: app }, status: { state } }) => states({ app }, APP_STATES, state)),
  },
  perApp(
    "gauge",
    "fproxy_app_ready",
    "Whether an app serves with as many targets as it wants, 1 or 0.",
    ({ status }) => Number(status.ready),
  ),
  perApp(
    "gauge",
    "fproxy_app_targets",
    "Targets of an app.",
    ({ snapshot }) => snapshot.targets.length,
  ),
  perApp(
    "gauge",
    "fproxy_app_targets_available",
    "Targets of an app that can take sessions.",
    ({ status }) => status.available,
  ),
  perApp(
    "gauge",
    "fproxy_app_fails_open",
    "Whether so few targets of an app are available that all are used, 1 or 0.",
    ({ status }) => Number(status.fails_open),
  ),
  perTarget(
    "gauge",
    "fproxy_target_up",
    "Whether nothing is known against a target: 0 where it is down or ejected.",
    ({ status: { health } }) => health === "up" || health === "unknown" ? 1 : 0,
  ),
  {
    type: "gauge",
    name: "fproxy_target_health",
    help: "1 for what health checks and failing sessions say of a target.",
    labels: ["app", "target", "state"],
    collect: ({ targets }) =>
      targets.flatMap(({ labels, status }) => states(labels, Object.keys(Health), status.health)),
  },
  {
    type: "gauge",
    name: "fproxy_target_admin_state",
    help: "1 for what operators, or the target's agent, want of it.",
    labels: ["app", "target", "state"],
    collect: ({ targets }) =>
      targets.flatMap(({ labels, status }) => states(labels, Object.keys(Admin), status.admin)),
  },
  perTarget(
    "gauge",
    "fproxy_target_available",
    "Whether a target can take sessions, its connection limit aside, 1 or 0.",
    ({ status }) => Number(status.available),
  ),
  perTarget(
    "gauge",
    "fproxy_target_weight",
    "Weight that a target has now: the configured one as operators, slow start and agents change it.",
    ({ status }) => status.effective_weight,
  ),
  perTarget(
    "gauge",
    "fproxy_target_weight_configured",
    "Weight of a target in the config.",
    ({ status }) => status.weight,
  ),
  perTarget(
    "gauge",
    "fproxy_target_addresses",
    "Addresses that a target has; 0 while its name does not resolve.",
    ({ status }) => status.addresses.length,
  ),
  {
    type: "counter",
    name: "fproxy_health_checks_total",
    help: "Probes of a target that had their result; targets that are probed alone have it.",
    labels: ["app", "target", "result"],
    collect: ({ targets }) =>
      targets.flatMap(({ labels, status: { probe } }) =>
        probe === undefined ? [] : [
          {
            labels: { ...labels, result: "success" },
            value: probe.checks_total - probe.check_failures_total,
          },
          { labels: { ...labels, result: "failure" }, value: probe.check_failures_total },
        ]
      ),
  },
  {
    type: "counter",
    name: "fproxy_ejections_total",
    help: "Times that targets of an app were ejected, by cause; of apps with outlier detection.",
    labels: ["app", "cause"],
    collect: ({ apps }) =>
      apps.filter(({ snapshot }) => snapshot.outliers !== null).flatMap(({ snapshot, status }) =>
        EJECTION_CAUSES.map((cause) => ({
          labels: { app: snapshot.name, cause },
          value: status.counters.ejections_total[cause] ?? 0,
        }))
      ),
  },
  perTarget(
    "counter",
    "fproxy_target_ejections_total",
    "Times that a target was ejected; of apps with outlier detection.",
    ({ app: { snapshot }, status }) => snapshot.outliers === null ? undefined : status.ejections_total,
  ),
];
