import type { JSX } from "preact";
import type { Rollout } from "../../api/rollouts.ts";
import { State } from "../../parts/mark.tsx";
import type { Severity } from "../../pure/reasons.ts";

const SEVERITIES: Readonly<Record<Rollout["result"], Severity>> = {
  applied: "well",
  refused: "bad",
  failed: "bad",
  waiting: "warn",
  superseded: "planned",
};

/** What became of a config, in a word. */
export function ResultOf({ rollout: { result } }: { rollout: Rollout }): JSX.Element {
  return <State severity={SEVERITIES[result]} text={result} />;
}
