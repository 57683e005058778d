import type { JSX } from "preact";
import type { RegionNode } from "../../api/region.ts";
import { formatCount, NOTHING, plural } from "../../base/format.ts";
import { Mark, State } from "../../parts/mark.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { type ZoneNodes, zonesByAttention } from "../../pure/region_grid.ts";
import { severityOfNode, STANDING_SEVERITIES } from "../../pure/region_words.ts";
import { choose } from "../../state/location.ts";

/** The nodes, zone by zone, those first that want attention. A click shows one, and in the grid only its apps. @param chosen its name; "" for none. */
export function NodesPanel({ zones, chosen }: { zones: readonly ZoneNodes[]; chosen: string }): JSX.Element {
  const node = zones.flatMap(({ nodes }) => nodes).find(({ name }) => name === chosen);
  return (
    <Panel title="Nodes" kind="nodes">
      {zones.length === 0 ? <Empty>No node has said that it is there.</Empty> : null}
      <div class="zones" tabIndex={0} role="group" aria-label="Nodes by zone">
        {zonesByAttention(zones).map(({ zone, nodes }) => (
          <section key={zone} class="zone" aria-label={zoneName(zone)}>
            <h3>
              {zoneName(zone)} <span class="muted">{plural(nodes.length, "node")}</span>
            </h3>
            <ul>
              {nodes.map((one) => (
                <li key={one.name}>
                  <NodeButton node={one} isChosen={one.name === chosen} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {node === undefined ? null : <NodeFacts node={node} />}
    </Panel>
  );
}

function NodeButton({ node, isChosen }: { node: RegionNode; isChosen: boolean }): JSX.Element {
  const { name, standing, ready, carried } = node;
  const severity = severityOfNode(node);
  return (
    <button
      type="button"
      class={`node node-${severity}`}
      aria-pressed={isChosen}
      onClick={() => choose({ node: isChosen ? "" : name })}
    >
      <Mark severity={severity} />
      <span class="node-name">{name}</span>
      {standing === "ready" ? null : <span class="node-standing">{standing}</span>}
      <span class="muted">
        <span class="only-heard">replicas that serve:</span> {ready}/{carried}
      </span>
    </button>
  );
}

function NodeFacts({ node }: { node: RegionNode }): JSX.Element {
  const { name, zone, address, standing, by, capacity, ready, carried } = node;
  const facts: readonly (readonly [string, string])[] = [
    ["Zone", zone === "" ? NOTHING : zone],
    ["Address", address === "" ? NOTHING : address],
    [
      "Apps",
      capacity === null ? formatCount(carried) : `${carried} of at most ${formatCount(capacity.apps)}`,
    ],
    ["Serve", formatCount(ready)],
    ["Connections", capacity === null ? NOTHING : `at most ${formatCount(capacity.connections)}`],
  ];
  return (
    <div class="node-facts" role="status">
      <b>{name}</b>
      <State severity={STANDING_SEVERITIES[standing]} text={by === "" ? standing : `${standing} by ${by}`} />
      <dl class="facts">
        {facts.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="small-button" onClick={() => choose({ node: "" })}>All nodes</button>
    </div>
  );
}

function zoneName(zone: string): string {
  return zone === "" ? "No zone" : `Zone ${zone}`;
}
