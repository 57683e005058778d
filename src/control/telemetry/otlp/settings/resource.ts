import type { Environment } from "./environment.ts";
import { readKeyValues } from "./key_values.ts";

/** What is known of this process without being told. */
export interface ProcessFacts {
  readonly version: string;
  readonly instanceId: string;
  readonly hostname: string;
  readonly pid: number;
  /** Of the runtime. */
  readonly runtimeVersion: string;
}

/** Attributes of the resource: who sends all this. What the environment says goes before what is known anyway. */
export function readResource(
  environment: Environment,
  { version, instanceId, hostname, pid, runtimeVersion }: ProcessFacts,
): Readonly<Record<string, string | number>> {
  const name = environment.text("OTEL_SERVICE_NAME");
  return {
    "service.name": "fproxy",
    "service.version": version,
    "service.instance.id": instanceId,
    "host.name": hostname,
    "process.pid": pid,
    "process.runtime.name": "deno",
    "process.runtime.version": runtimeVersion,
    ...readKeyValues(environment, "OTEL_RESOURCE_ATTRIBUTES"),
    ...(name === undefined ? {} : { "service.name": name }),
  };
}
