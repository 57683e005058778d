import type { JSX } from "preact";
import type { Region } from "../../api/region.ts";
import { formatCount, plural } from "../../base/format.ts";
import { State } from "../../parts/mark.tsx";
import { type Severity, worst } from "../../pure/reasons.ts";
import { CONDITION_SEVERITIES, STANDING_SEVERITIES } from "../../pure/region_words.ts";

/** Who leads, and how many there are of what. */
export function RegionHead(
  { region: { region, leader, nodes, apps, fronts } }: { region: Region },
): JSX.Element {
  const ill = apps.filter(({ condition }) => condition === "down" || condition === "degraded").length;
  const rollouts =
    apps.filter(({ rollout }) =>
      rollout?.leg === "canary" || rollout?.leg === "baking" || rollout?.leg === "batches"
    ).length;
  const away = nodes.filter(({ standing }) => standing !== "ready");
  const [ready, wanted] = [sum(apps.map((app) => app.ready)), sum(apps.map((app) => app.wanted))];
  const severity = worst([
    ...apps.map(({ condition }): Severity => CONDITION_SEVERITIES[condition]),
    leader === null ? "warn" : "well",
  ]);
  const words: Readonly<Record<Severity, string>> = {
    bad: "an app is down",
    warn: leader === null && ill === 0 ? "nobody leads" : `${plural(ill, "app")} not well`,
    planned: "changes are on their way",
    well: "all well",
  };
  return (
    <section class="app-head">
      <h1>Region {region}</h1>
      <State severity={severity} text={words[severity]} />
      <dl class="facts">
        <div>
          <dt>Leader</dt>
          <dd>{leader === null ? <span class="warn-text">none</span> : leader}</dd>
        </div>
        <div>
          <dt>Nodes</dt>
          <dd>
            {nodes.length}
            {away.length === 0 ? "" : ", of which "}
            {away.length === 0 ? null : <Away nodes={away} />}
          </dd>
        </div>
        <div>
          <dt>Apps</dt>
          <dd>{apps.length}{ill === 0 ? "" : `, ${ill} not well`}</dd>
        </div>
        <div>
          <dt>Replicas that serve</dt>
          <dd>{formatCount(ready)} of {formatCount(wanted)}</dd>
        </div>
        <div>
          <dt>Rollouts under way</dt>
          <dd>{rollouts}</dd>
        </div>
        <div>
          <dt>Fronts</dt>
          <dd>{fronts.filter(({ gone }) => !gone).length}</dd>
        </div>
      </dl>
    </section>
  );
}

function Away({ nodes }: { nodes: Region["nodes"] }): JSX.Element {
  const counts = Map.groupBy(nodes, ({ standing }) => standing);
  return (
    <span class={nodes.some(({ standing }) => STANDING_SEVERITIES[standing] === "bad") ? "bad-text" : ""}>
      {[...counts].map(([standing, all]) =>
        `${all.length} ${standing}`
      ).join(", ")}
    </span>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
