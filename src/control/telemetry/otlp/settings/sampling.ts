import type { TraceSampling } from "../../../../model/tracing.ts";
import type { Environment } from "./environment.ts";

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

/** Reads `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. */
export function readSampling(environment: Environment): TraceSampling {
  const sampler = environment.choice(["OTEL_TRACES_SAMPLER"], SAMPLERS) ?? "parentbased_always_on";
  return { followsParent: sampler.startsWith("parentbased_"), share: shareOf(sampler, environment) };
}

function shareOf(sampler: typeof SAMPLERS[number], environment: Environment): number {
  if (sampler.endsWith("always_off")) return 0;
  return sampler.endsWith("traceidratio") ? environment.share("OTEL_TRACES_SAMPLER_ARG", 1) : 1;
}
