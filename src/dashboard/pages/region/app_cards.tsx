import type { JSX } from "preact";
import type { RegionApp } from "../../api/region.ts";
import { CellSign } from "../../parts/cell_sign.tsx";
import { Mark } from "../../parts/mark.tsx";
import { words } from "../../pure/reasons.ts";
import { CELL_SEVERITIES, CONDITION_SEVERITIES } from "../../pure/region_words.ts";
import { choose } from "../../state/location.ts";

/** More would make the page of a phone endless; filters find the others. */
const MAX_CARDS = 40;
const MAX_REPLICAS = 24;

/** Apps with their replicas on a narrow screen, where a grid of many columns would be of no use. */
export function AppCards({ apps }: { apps: readonly RegionApp[] }): JSX.Element {
  return (
    <>
      <ul class="app-cards">
        {apps.slice(0, MAX_CARDS).map((app) => <AppCard key={app.name} app={app} />)}
      </ul>
      {apps.length > MAX_CARDS
        ? <p class="muted">and {apps.length - MAX_CARDS} more: search, or choose what to show</p>
        : null}
    </>
  );
}

function AppCard(
  { app: { name, condition, ready, wanted, replicas, rollout } }: { app: RegionApp },
): JSX.Element {
  return (
    <li class="app-card">
      <div class="app-card-head">
        <Mark severity={CONDITION_SEVERITIES[condition]} speaks />
        <button type="button" class="link-button" onClick={() => choose({ app: name })}>{name}</button>
        {rollout === null || rollout.leg === "done" ? null : <span class="leg">{words(rollout.leg)}</span>}
        <span class={ready < wanted ? "warn-text" : "muted"}>{ready} of {wanted} serve</span>
      </div>
      <ul class="chips">
        {replicas.slice(0, MAX_REPLICAS).map(({ node, state }) => (
          <li key={node} class={`chip cell-${CELL_SEVERITIES[state]}`} data-node={node} data-state={state}>
            <CellSign state={state} />
            {node} <span class={state === "ready" ? "only-heard" : ""}>{words(state)}</span>
          </li>
        ))}
        {replicas.length > MAX_REPLICAS
          ? <li class="muted">and {replicas.length - MAX_REPLICAS} more</li>
          : null}
      </ul>
    </li>
  );
}
