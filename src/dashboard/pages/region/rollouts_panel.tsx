import type { JSX } from "preact";
import type { RegionApp } from "../../api/region.ts";
import { formatTime } from "../../base/format.ts";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { rolloutsShown } from "../../pure/region_words.ts";
import { choose } from "../../state/location.ts";
import { Stepper } from "./stepper.tsx";

/** Of those that are done. */
const LAST_DONE = 3;
const MAX_SHOWN = 30;

/** Changes of apps on their way to the replicas, leg by leg. */
export function RolloutsPanel({ apps }: { apps: readonly RegionApp[] }): JSX.Element {
  const all = rolloutsShown(apps, LAST_DONE);
  const shown = all.slice(0, MAX_SHOWN);
  return (
    <Panel title="Rollouts" kind="region-rollouts">
      {shown.length === 0
        ? <Empty>No app was changed.</Empty>
        : (
          <ul class="rollouts" tabIndex={0} aria-label="Rollouts">
            {shown.map((app) => <Rollout key={app.name} app={app} />)}
          </ul>
        )}
      {all.length > shown.length
        ? <p class="muted">and {all.length - shown.length} more: filter the grid by “in a rollout”</p>
        : null}
    </Panel>
  );
}

function Rollout({ app: { name, rollout, replicas } }: { app: RegionApp }): JSX.Element | null {
  if (rollout === null) return null;
  const { from, to, reason, updated, since } = rollout;
  return (
    <li class="rollout">
      <div class="rollout-head">
        <button type="button" class="link-button" onClick={() => choose({ app: name })}>{name}</button>
        <span class="muted">
          revision {from === null ? to : `${from} → ${to}`} · {updated} of {replicas.length} have it · since
          {" "}
          {formatTime(since)}
        </span>
      </div>
      <Stepper rollout={rollout} />
      {reason === "" ? null : <p class="rollout-reason">{reason}</p>}
    </li>
  );
}
