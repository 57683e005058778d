import { type AppConfig, appSchema, type Config, type MODES } from "../../../model/config.ts";
import type { TargetAddress } from "../../../model/endpoint_url.ts";
import type { ListenAddress } from "../../../model/host_port.ts";
import type { Locator } from "../locate.ts";

/** What the rules look at of one target. */
export interface TargetView extends TargetAddress {
  readonly weight: number;
  readonly backup: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the rules look at of one app; parts that are wrong by themselves are left out (undefined). */
export interface AppView {
  /** Index in the list of apps. */
  readonly index: number;
  readonly name: string | undefined;
  readonly ports: readonly (ListenAddress | undefined)[];
  readonly targets: readonly (TargetView | undefined)[];
  readonly mode: typeof MODES[number] | undefined;
  readonly engine: AppConfig["engine"] | undefined;
}

/** The apps of a valid config. */
export function validApps(config: Config): AppView[] {
  return config.apps.map(({ name, ports, targets, mode, engine }, index) => (
    { index, name, ports, targets, mode, engine }
  ));
}

/** The apps of a config that is wrong somewhere: what is valid of them, part by part. */
export function partialApps(value: unknown, locator: Locator, unresolved: ReadonlySet<unknown>): AppView[] {
  const { name, ports, targets, mode, engine } = appSchema.shape;
  const defaults = field(value, "defaults");
  return list(field(value, "apps")).map((app, index) => {
    const own = field(app, "name");
    return {
      index,
      name: unresolved.has(locator.node(["apps", index, "name"])) ? undefined : name.safeParse(own).data,
      ports: list(field(app, "ports")).map((port) => ports.element.safeParse(port).data),
      targets: list(field(app, "targets")).map((target) => targets.element.safeParse(target).data),
      mode: mode.safeParse(field(app, "mode") ?? field(defaults, "mode")).data,
      engine:
        engine.safeParse(field(app, "engine") ?? field(defaults, "engine") ?? field(value, "engine")).data,
    };
  });
}

/** The value of an object's own key. */
export function field(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** The value if it is a list, otherwise an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
