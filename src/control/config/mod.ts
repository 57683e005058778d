import { Registry } from "../../base/registry.ts";
import { fileSubscriber } from "./watching/file_subscriber.ts";
import type { ConfigSubscriberKind } from "./watching/subscriber.ts";

export type { Diagnostic } from "./diagnostic.ts";
export { MAX_CONFIG_BYTES } from "./decode.ts";
export { formatDiagnosticLine, formatDiagnostics } from "./format_diagnostic.ts";
export { type Environment, processEnvironment } from "./interpolate.ts";
export { loadConfig, loadConfigFile, type LoadResult } from "./load.ts";
export { type AppsResult, loadApps, type LoadedApp } from "./load_apps.ts";
export { formatYaml } from "./format_yaml.ts";
export { loadValues } from "./load_values.ts";
export type { ConfigDocument } from "./watching/config_document.ts";
export { readAdminSection } from "./read_admin.ts";
export { StaticSubscriber } from "./watching/static_subscriber.ts";
export type {
  ConfigEvent,
  ConfigSubscriber,
  ConfigSubscriberKind,
  SubscriberOptions,
} from "./watching/subscriber.ts";

/** Every kind of config source there is. A new one is a file beside this one, a line here, a test and a docs entry. */
export const configSubscribers: Registry<ConfigSubscriberKind> = new Registry<ConfigSubscriberKind>(
  "config subscriber",
  [fileSubscriber],
);
