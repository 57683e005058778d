import { isAbsolute, join } from "node:path";
import type { AppConfig, Config } from "../../model/config.ts";
import {
  type AccessConfig,
  type AccessRuleConfig,
  isAddressText,
  sourceOf,
} from "../../model/config_access.ts";
import { readCidrRange } from "../cel/cidr_range.ts";
import type { AccessRule } from "./access_bounds.ts";
import type { AccessFiles } from "./access_file.ts";
import { packRanges } from "./address_ranges.ts";

const NO_RANGES = packRanges([]);

/** Paths of the lists that an app names. */
export function accessPaths({ access }: AppConfig): readonly string[] {
  const sources = (access?.rules ?? []).map(sourceOf);
  return [...new Set(sources.filter((source) => !isAddressText(source)))];
}

/** The rules with what their files hold. */
export function accessRules({ rules }: AccessConfig, files: AccessFiles): readonly AccessRule[] {
  return rules.map((rule) => {
    const source = sourceOf(rule);
    const ranges = isAddressText(source) ? packRanges([readCidrRange(source)]) : files.get(source)?.ranges;
    return { isAllowed: rule.allow !== undefined, ranges: ranges ?? NO_RANGES };
  });
}

/** Where a list is; never to be taken for an address. @param folder of the config. */
export function pathOfList(path: string, folder: string): string {
  if (isAbsolute(path) || folder === "") return path;
  const joined = join(folder, path);
  return isAbsolute(joined) ? joined : `./${joined}`;
}

/** The config with the paths of its lists as the system takes them. */
export function withAccessPaths(config: Config, folder: string): Config {
  if (config.apps.every((app) => accessPaths(app).length === 0)) return config;
  return { ...config, apps: config.apps.map((app) => withPaths(app, folder)) };
}

function withPaths(app: AppConfig, folder: string): AppConfig {
  const { access } = app;
  if (access === undefined) return app;
  return { ...app, access: { ...access, rules: access.rules.map((rule) => withPath(rule, folder)) } };
}

function withPath(rule: AccessRuleConfig, folder: string): AccessRuleConfig {
  const source = sourceOf(rule);
  if (isAddressText(source)) return rule;
  const path = pathOfList(source, folder);
  return rule.allow === undefined ? { deny: path } : { allow: path };
}
