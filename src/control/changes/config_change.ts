import { formatHostPort } from "../../model/address.ts";
import type { AppConfig, Config } from "../../model/config.ts";
import { diffApps } from "./diff_apps.ts";
import { type OptionChange, optionChanges } from "./option_changes.ts";
import { targetChanges } from "./target_changes.ts";

/** Whether something came, is another than it was, or went. */
export const CHANGE_KINDS = ["added", "changed", "removed"] as const;

/** One of {@link CHANGE_KINDS}. */
export type ChangeKind = typeof CHANGE_KINDS[number];

/** An app that another config touches. */
export interface AppChange {
  readonly app: string;
  readonly change: ChangeKind;
  /** In which options it is another; empty where it came or went. */
  readonly options: readonly OptionChange[];
}

/** A target that another config touches. */
export interface TargetChange {
  readonly app: string;
  /** As it is written in the config, in its short form. */
  readonly target: string;
  readonly change: ChangeKind;
}

/** An option whose new value counts from the next start of the program on. */
export interface RestartNeed extends OptionChange {
  readonly reason: string;
}

/** In what another config differs from the one in force. */
export interface ConfigChange {
  /** Outside of apps. */
  readonly options: readonly OptionChange[];
  readonly apps: readonly AppChange[];
  /** Those of apps that came or went as well. */
  readonly targets: readonly TargetChange[];
  readonly restart_needed: readonly RestartNeed[];
}

/** Compares two configs. @param before null where none is in force yet: then everything is added. */
export function configChange(before: Config | null, after: Config): ConfigChange {
  const old = byName(before?.apps ?? []);
  const young = byName(after.apps);
  const diff = diffApps(old, young);
  const touched = CHANGE_KINDS.flatMap((change) =>
    diff[change].map((app) => ({ app, change, before: old.get(app), after: young.get(app) }))
  );
  return {
    options: before === null ? [] : optionChanges(aroundApps(before), aroundApps(after)),
    apps: touched.map(({ app, change, before, after }) => ({
      app,
      change,
      options: before === undefined || after === undefined ? [] : appOptions(before, after),
    })),
    targets: touched.flatMap(({ app, before, after }) => {
      const targets = targetChanges(before, after);
      return CHANGE_KINDS.flatMap((change) => targets[change].map((target) => ({ app, target, change })));
    }),
    restart_needed: restartNeeds(before, after),
  };
}

/** Names of the apps that came, went, or are others. */
export function namesOf({ apps }: Pick<ConfigChange, "apps">, kind: ChangeKind): string[] {
  return apps.flatMap(({ app, change }) => change === kind ? [app] : []);
}

/** How many apps came, went, or are others. */
export function appCounts(change: Pick<ConfigChange, "apps">): Record<ChangeKind, number> {
  const count = (kind: ChangeKind): number => namesOf(change, kind).length;
  return { added: count("added"), changed: count("changed"), removed: count("removed") };
}

function byName(apps: readonly AppConfig[]): Map<string, AppConfig> {
  return new Map(apps.map((app) => [app.name, app]));
}

/** What is written under `defaults` stands in the apps. */
function aroundApps({ apps: _apps, defaults: _defaults, $schema: _schema, ...rest }: Config): unknown {
  return rest;
}

function appOptions(before: AppConfig, after: AppConfig): OptionChange[] {
  return [
    ...optionChanges(ownOptions(before), ownOptions(after)),
    ...targetChanges(before, after).options,
  ];
}

function ownOptions({ ports, targets: _targets, ...rest }: AppConfig): unknown {
  // As a whole: what counts is which addresses there are, and the order of the others says nothing.
  return { ports: ports.map(({ host, port }) => formatHostPort(host, port)), ...rest };
}

/** Nobody without a privilege can raise a priority again (man 7 sched). */
function restartNeeds(before: Config | null, after: Config): RestartNeed[] {
  if (before === null || after.control.nice >= before.control.nice) return [];
  return [{
    path: "control.nice",
    before: before.control.nice,
    after: after.control.nice,
    reason: "a priority cannot be raised while the program runs",
  }];
}
