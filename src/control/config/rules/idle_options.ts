import { type AppConfig, configSchema } from "../../../model/config.ts";
import { field, list } from "./app_view.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import type { Need } from "./option_needs.ts";
import { APP_OPTIONS, type OptionUse, ROOT_OPTIONS, TARGET_OPTIONS } from "./option_table.ts";
import type { RuleInput } from "./rule.ts";

/** Which of the needs of an option is the first that is not met; undefined: all are. */
type Unmet = (use: OptionUse) => Need | undefined;

/** An option that is written and does nothing where it stands. */
interface Idle {
  /** From the root. */
  readonly path: Path;
  readonly need: Need;
}

/** What to say of one. */
interface Finding {
  readonly path: Path;
  readonly because: string;
  readonly hint: string;
}

/** With the values that parts have which are not there unless they are asked for. */
const BUILT_IN = configSchema.parse({
  apps: [],
  defaults: { outlier_detection: {}, slow_start: {}, access: {}, limits: {} },
});
/** The others need not be looked for, in thousands of apps. */
const CONDITIONAL = conditional(APP_OPTIONS);
const CONDITIONAL_OF_TARGETS = conditional(TARGET_OPTIONS);

/** All options that are written and do nothing where they stand; those whose value is not known are not judged. */
export function idleOptions(input: RuleInput): Problem[] {
  const { locator, unresolved } = input;
  return [...inApps(input), ...inDefaults(input), ...outsideOfApps(input)]
    .filter(({ path }) => !unresolved.has(locator.node(path)))
    .map(({ path, because, hint }) => warning(locator, path, because, hint));
}

/** Options of apps that do nothing there. Who writes one next to its app expects something, whatever its value. */
function inApps({ config, value }: RuleInput): Finding[] {
  return config?.apps.flatMap((app, index): Finding[] => {
    const written = list(field(value, "apps"))[index];
    const unmet: Unmet = ({ needs }) => needs.find((need) => !need.isMet(app));
    const own = idle(CONDITIONAL, unmet, written, app, ["apps", index]);
    const ofTargets = list(field(written, "targets")).flatMap((target, at) =>
      idle(CONDITIONAL_OF_TARGETS, unmet, target, app.targets[at], ["apps", index, "targets", at])
    );
    return [...summed(own, unmet, ["apps", index]), ...ofTargets].filter(({ need }) => !need.isRefused)
      .map(({ path, need }) => ({ path, because: need.because(app), hint: need.hint(app) }));
  }) ?? [];
}

/**
 * Options of `defaults` that no app of the file can use, and that somebody chose: a file that shows every built-in value
 * asks for nothing. One that fits some apps waits there for them, and for those to come.
 */
function inDefaults({ config, value, otherApps = [] }: RuleInput): Finding[] {
  if (config === undefined || config.apps.length === 0) return [];
  const unmet: Unmet = ({ needs }) => unmetInAll(needs, config.apps, otherApps);
  const written = field(value, "defaults");
  const found = idle(CONDITIONAL, unmet, written, config.defaults, ["defaults"]).filter(({ path }) => {
    const [chosen, builtIn] = [config, BUILT_IN].map((one) => JSON.stringify(valueAt(one, path)));
    return chosen !== builtIn;
  });
  return summed(found, unmet, ["defaults"])
    .map(({ path, need }) => ({ path, because: need.nowhere, hint: need.hint(null) }));
}

/** Options outside of apps that others make useless. */
function outsideOfApps({ config, value }: RuleInput): Finding[] {
  if (config === undefined) return [];
  return Object.entries(ROOT_OPTIONS).flatMap(([key, need]): Finding[] => {
    const path = key.split(".");
    if (need === null || valueAt(value, path) === undefined || need.isMet(config, value)) return [];
    const isChosen = valueAt(config, path) !== valueAt(BUILT_IN, path);
    return isChosen ? [{ path, because: need.because, hint: need.hint }] : [];
  });
}

function conditional(options: Readonly<Record<string, OptionUse>>): readonly (readonly [Path, OptionUse])[] {
  return Object.entries(options).filter(([, { needs }]) => needs.length > 0)
    .map(([key, use]) => [key.split("."), use]);
}

/** @param written as in the file. @param parsed the same as the schema gives it. @param at where it stands. */
function idle(
  options: readonly (readonly [Path, OptionUse])[],
  unmet: Unmet,
  written: unknown,
  parsed: unknown,
  at: Path,
): Idle[] {
  return options.flatMap(([path, use]): Idle[] => {
    if (valueAt(written, path) === undefined) return [];
    const need = unmet(use);
    if (need === undefined || use.neutral?.includes(valueAt(parsed, path)) === true) return [];
    return [{ path: [...at, ...path], need }];
  });
}

/** Of an object whose options all lack the same, the object is told. @param at where the options count from. */
function summed(found: readonly Idle[], unmet: Unmet, at: Path): readonly Idle[] {
  const groups = found.map(({ path, need }): Idle => {
    for (let end = at.length + 1; end < path.length; end++) {
      const group = path.slice(at.length, end).join(".");
      const inGroup = Object.entries(APP_OPTIONS).filter(([key]) => `${key}.`.startsWith(`${group}.`));
      if (inGroup.every(([, use]) => unmet(use) === need)) return { path: path.slice(0, end), need };
    }
    return { path, need };
  });
  return [...new Map(groups.map((one) => [one.path.join("\0"), one])).values()];
}

/** What the app that comes furthest lacks; undefined where one lacks nothing. */
function unmetInAll(needs: readonly Need[], ...parts: readonly (readonly AppConfig[])[]): Need | undefined {
  let furthest = 0;
  for (const apps of parts) {
    for (const app of apps) {
      const at = needs.findIndex((need) => !need.isMet(app));
      if (at < 0) return undefined;
      furthest = Math.max(furthest, at);
    }
  }
  return needs[furthest];
}

function warning(locator: RuleInput["locator"], path: Path, because: string, hint: string): Problem {
  const at = path[0] === "apps" ? 2 : path[0] === "defaults" ? 1 : 0;
  const own = path[at] === "targets" ? path.slice(at + 2) : path.slice(at);
  const span = locator.key(path.slice(0, -1), path.at(-1) ?? "") ?? locator.value(path);
  return {
    severity: "warning",
    code: "no_effect",
    message: `"${own.join(".")}" does nothing: ${because}`,
    span,
    hints: [hint],
  };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => field(at, String(key)), value);
}
