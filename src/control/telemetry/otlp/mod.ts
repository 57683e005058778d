/**
 * Telemetry by OTLP, the protocol of OpenTelemetry: what the `OTEL_*` variables of the environment ask for.
 * @module
 */
import { hostname } from "node:os";
import { Otlp, type OtlpOptions } from "./otlp.ts";
import type { ReadVariable } from "./settings/environment.ts";
import { readOtlpSettings } from "./settings/settings.ts";

export type { Otlp } from "./otlp.ts";

/** Makes what the environment asks for, and says what of it is ignored; null where nothing is to be sent. */
export function openOtlp(read: ReadVariable, options: OtlpOptions): Otlp | null {
  const { settings, ignored } = readOtlpSettings(read, () => ({
    version: options.version,
    instanceId: crypto.randomUUID(),
    hostname: hostname(),
    pid: Deno.pid,
    runtimeVersion: Deno.version.deno,
  }));
  for (const { variable, reason } of ignored) options.log.warn("otlp_setting_ignored", { variable, reason });
  return settings === null ? null : new Otlp(settings, options);
}
