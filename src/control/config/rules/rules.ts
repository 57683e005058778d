import type { Config } from "../../../model/config.ts";
import { asEndpoint, formatTarget } from "../../../model/endpoint_url.ts";
import { readTextFile } from "../../files/read_text_file.ts";
import { accessSources } from "./access_rules.ts";
import { adminTls, adminTokens, openAdmin } from "./admin_rules.ts";
import { partialApps, validApps } from "./app_view.ts";
import { capacity } from "./capacity.ts";
import type { Problem } from "../diagnostic.ts";
import { certificateFiles, httpKeysInTcp, tlsNeedsDeno, urlsInTcp } from "./http_rules.ts";
import { noWeight, tooFewTargets } from "./availability_rules.ts";
import { healthChecks } from "./health_rules.ts";
import { idleOptions } from "./idle_options.ts";
import { logFiles, outputConflicts, recordFormats } from "./log_rules.ts";
import { ejectionTimes } from "./outlier_rules.ts";
import { listenConflicts, selfTargets } from "./listen_rules.ts";
import { Locator, type Path } from "../locate.ts";
import type { Rule, RuleInput } from "./rule.ts";
import { userRules } from "./rule_list_rules.ts";
import { proxyTrust } from "./proxy_protocol_rules.ts";
import { regionTargets } from "./region_rules.ts";
import { scripts } from "./script_rules.ts";
import { requestKeysInTcp, unknownStrategies, zonelessPreference } from "./strategy_rules.ts";

/** Everything that one value alone cannot show. A new rule is a function and a line here. */
const RULES: readonly Rule[] = [
  duplicateApps,
  duplicateTargets,
  listenConflicts,
  selfTargets,
  regionTargets,
  httpKeysInTcp,
  urlsInTcp,
  tlsNeedsDeno,
  certificateFiles,
  unknownStrategies,
  requestKeysInTcp,
  zonelessPreference,
  userRules,
  scripts,
  accessSources,
  dnsTimes,
  ejectionTimes,
  proxyTrust,
  healthChecks,
  capacity,
  noApps,
  noWeight,
  tooFewTargets,
  openAdmin,
  adminTokens,
  adminTls,
  recordFormats,
  outputConflicts,
  logFiles,
  idleOptions,
];

/** Those of them that compare apps with each other; the others look at one app, or at what is not in apps, alone. */
const ACROSS_APPS: readonly Rule[] = [duplicateApps, listenConflicts, capacity];

/** Those of them that are about one machine, on which all apps run. */
const OF_ONE_MACHINE: ReadonlySet<Rule> = new Set([listenConflicts, capacity, noApps]);

/** Whether apps that are valid one by one are so together. */
export function agree(config: Config, value: unknown): boolean {
  const input = {
    value,
    config,
    apps: validApps(config),
    locator: new Locator(null, new Map()),
    unresolved: new Set(),
    strategies: [],
    folder: "",
    readFile: readTextFile,
    failedPair: () => null,
    failedScript: () => null,
    logFileProblem: () => null,
    wallTimeMs: 0,
  };
  return ACROSS_APPS.every((rule) => rule(input).length === 0);
}

/** Runs all rules. */
export function checkRules(input: Omit<RuleInput, "apps">): Problem[] {
  const { config, value, locator, unresolved } = input;
  const apps = config === undefined ? partialApps(value, locator, unresolved) : validApps(config);
  if (input.isSpread !== true) return RULES.flatMap((rule) => rule({ ...input, apps }));
  return [
    ...RULES.filter((rule) => !OF_ONE_MACHINE.has(rule)).flatMap((rule) => rule({ ...input, apps })),
    ...apps.flatMap((app) => listenConflicts({ ...input, apps: [app] })),
  ];
}

function duplicateApps({ apps, locator }: RuleInput): Problem[] {
  return duplicates(
    apps.map(({ name, index }) => ({ name, path: ["apps", index, "name"] })),
    locator,
    "duplicate_app",
    (name) => `two apps are called "${name}"`,
  );
}

/** A target's address is its identity, for counters and over reloads. */
function duplicateTargets({ apps, locator }: RuleInput): Problem[] {
  return apps.flatMap((app) =>
    duplicates(
      app.targets.map((target, index) => ({
        name: target && formatTarget(app.mode === "http" ? asEndpoint(target) : target),
        path: ["apps", app.index, "targets", index],
      })),
      locator,
      "duplicate_target",
      (name) => `target ${name} is listed twice: give it a weight instead`,
    )
  );
}

function duplicates(
  entries: readonly { readonly name: string | undefined; readonly path: Path }[],
  locator: Locator,
  code: "duplicate_app" | "duplicate_target",
  message: (name: string) => string,
): Problem[] {
  const first = new Map<string, Path>();
  return entries.flatMap(({ name, path }): Problem[] => {
    const other = name === undefined ? undefined : first.get(name);
    if (name === undefined) return [];
    if (other === undefined) {
      first.set(name, path);
      return [];
    }
    return [{
      code,
      message: message(name),
      span: locator.value(path),
      related: [{ message: "first used here", span: locator.value(other) }],
    }];
  });
}

function dnsTimes({ config, locator }: RuleInput): Problem[] {
  if (config === undefined || config.dns.min_ttl <= config.dns.max_ttl) return [];
  return [{
    code: "value",
    message: "dns.min_ttl is longer than dns.max_ttl",
    span: locator.value(["dns", "min_ttl"]),
    related: [{ message: "the longest time", span: locator.value(["dns", "max_ttl"]) }],
  }];
}

function noApps({ config, locator }: RuleInput): Problem[] {
  if (config === undefined || config.apps.length > 0 || config.region !== undefined) return [];
  return [{
    severity: "warning",
    code: "no_apps",
    message: "the list of apps is empty: nothing is proxied",
    span: locator.value(["apps"]),
  }];
}
