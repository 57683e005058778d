import { stringify } from "yaml";

/** A value as YAML, as one would write it. */
export function formatYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
