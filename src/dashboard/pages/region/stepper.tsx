import type { JSX } from "preact";
import type { RegionRollout } from "../../api/region.ts";
import { stepsOf } from "../../pure/region_words.ts";

const SAID = { past: "done: ", now: "now: ", ahead: "ahead: ", failed: "" } as const;
const SIGNS = { past: "✓", now: "●", ahead: "○", failed: "✕" } as const;

/** How far a change has come, leg by leg. */
export function Stepper({ rollout }: { rollout: RegionRollout }): JSX.Element {
  return (
    <ol class="steps" aria-label="Legs of the rollout">
      {stepsOf(rollout).map(({ name, state }) => (
        <li
          key={name}
          class={`step step-${state}`}
          aria-current={state === "now" || state === "failed" ? "step" : undefined}
        >
          <span aria-hidden>{SIGNS[state]}</span> <span class="only-heard">{SAID[state]}</span>
          {name}
        </li>
      ))}
    </ol>
  );
}
