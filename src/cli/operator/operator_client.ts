import type { OverrideAnswer } from "../../control/admin/api/target_override.ts";
import type { TargetsView } from "../../control/admin/api/targets.ts";
import type { TargetView } from "../../control/admin/api/schemas/target.ts";
import type { OverridePart } from "../../control/overrides/override.ts";
import type { OverrideJson } from "../../control/overrides/override_json.ts";
import { failed } from "../admin/admin_options.ts";
import type { ApiClient } from "../admin/api_client.ts";

/** What is sent with a change. */
export interface OverrideBody {
  readonly state?: string | undefined;
  readonly weight?: number | string | undefined;
  readonly reason?: string | undefined;
  /** A duration as `15m`. */
  readonly for?: string | undefined;
  readonly by?: string | undefined;
}

/** The admin API for targets. Every failure is thrown, in words for people: `FproxyError` with code `admin`. */
export class OperatorClient {
  constructor(private readonly api: ApiClient) {}

  /** The targets of an app, layer by layer. */
  async targets(app: string): Promise<readonly TargetView[]> {
    return (await this.targetsOf(app)).targets;
  }

  /** The same, and whether so few of them are well that all are used. */
  async targetsOf(app: string): Promise<Pick<TargetsView, "targets" | "fails_open">> {
    const path = `/api/v1/apps/${encodeURIComponent(app)}/targets`;
    const { entries, last } = await this.api.all(path, (page: TargetsView) => page.targets);
    return { targets: entries, fails_open: last.fails_open };
  }

  /**
   * The target that a beginning of its key names.
   * @param isOverridden whether one is looked for that may be gone from the config and still be overridden.
   */
  async find(app: string, beginning: string, isOverridden = false): Promise<string> {
    const keys = new Set<string>();
    if (isOverridden) {
      const { entries } = await this.api.all(
        "/api/v1/overrides",
        (page: { readonly overrides: readonly OverrideJson[] }) => page.overrides,
      );
      for (const one of entries) if (one.app === app) keys.add(one.target);
      if (keys.has(beginning)) return beginning;
    }
    for (const { target } of await this.targets(app)) keys.add(target);
    return chooseTarget(app, beginning, [...keys]);
  }

  /** Changes what is said of a target. */
  put(app: string, target: string, body: OverrideBody): Promise<OverrideAnswer> {
    return this.api.ask({ method: "PUT", path: overridePath(app, target), body });
  }

  /** Takes a part of it back. */
  remove(app: string, target: string, part: OverridePart, by?: string): Promise<OverrideAnswer> {
    const who = by === undefined ? "" : `&by=${encodeURIComponent(by)}`;
    return this.api.ask({ method: "DELETE", path: `${overridePath(app, target)}?part=${part}${who}` });
  }
}

/**
 * The key that was meant by a beginning of it: with or without the scheme of a URL.
 * @throws {FproxyError} with the list of those that fit, or of all.
 */
export function chooseTarget(app: string, beginning: string, keys: readonly string[]): string {
  if (keys.includes(beginning)) return beginning;
  const fitting = keys.filter((key) =>
    key.startsWith(beginning) || key.replace(/^https?:\/\//, "").startsWith(beginning)
  );
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  const list = (targets: readonly string[]): string => targets.map((key) => `\n  ${key}`).join("");
  throw failed(
    only === undefined
      ? `app ${app} has no target ${beginning}; it has:${list(keys)}`
      : `${beginning} is the beginning of ${fitting.length} targets of app ${app}:${list(fitting)}`,
  );
}

function overridePath(app: string, target: string): string {
  return `/api/v1/apps/${encodeURIComponent(app)}/targets/${encodeURIComponent(target)}/override`;
}
