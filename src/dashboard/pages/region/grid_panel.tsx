import type { JSX } from "preact";
import type { CellState, Region } from "../../api/region.ts";
import { CellSign } from "../../parts/cell_sign.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { useNarrow } from "../../parts/use_narrow.ts";
import { words } from "../../pure/reasons.ts";
import { gridApps, type GridView, type ZoneNodes } from "../../pure/region_grid.ts";
import { CELL_MEANINGS, CELL_SEVERITIES } from "../../pure/region_words.ts";
import { choose } from "../../state/location.ts";
import { AppCards } from "./app_cards.tsx";
import { RegionGrid } from "./region_grid.tsx";

const STATES = Object.keys(CELL_MEANINGS) as CellState[];

/** Every app on every node. What wants attention stands first. */
export function GridPanel(
  { region, zones, view }: { region: Region; zones: readonly ZoneNodes[]; view: GridView },
): JSX.Element {
  const isNarrow = useNarrow();
  const shown = gridApps(region.apps, view);
  return (
    <Panel
      title="Apps on nodes"
      side={<Filters region={region} view={view} shown={shown.length} />}
    >
      <Legend />
      {shown.length === 0
        ? <Empty>{region.apps.length === 0 ? "The region has no apps." : "No app is like that."}</Empty>
        : isNarrow
        ? <AppCards apps={shown} />
        : <RegionGrid apps={shown} zones={zones} view={view} />}
    </Panel>
  );
}

function Filters({ region, view, shown }: { region: Region; view: GridView; shown: number }): JSX.Element {
  return (
    <div class="filters">
      <label>
        Node
        <select value={view.node} onChange={({ currentTarget }) => choose({ node: currentTarget.value })}>
          <option value="">all</option>
          {region.nodes.map(({ name }) => <option key={name} value={name}>{name}</option>)}
        </select>
      </label>
      <label>
        Show
        <select value={view.only} onChange={({ currentTarget }) => choose({ only: currentTarget.value })}>
          <option value="">all</option>
          <option value="attention">not well</option>
          <option value="rollout">in a rollout</option>
          {STATES.map((state) => <option key={state} value={state}>with one {words(state)}</option>)}
        </select>
      </label>
      <label>
        <span class="only-heard">Find an app or a node</span>
        <input
          type="search"
          placeholder="App or node"
          value={view.text}
          onInput={({ currentTarget }) => choose({ find: currentTarget.value })}
        />
      </label>
      <span class="muted" role="status">
        {shown === region.apps.length ? "" : `${shown} of ${region.apps.length} apps`}
      </span>
    </div>
  );
}

function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-label="Signs">
      {STATES.map((state) => (
        <li key={state}>
          <span class={`cell-sign cell-${CELL_SEVERITIES[state]}`}>
            <CellSign state={state} />
          </span>
          <span>
            <b>{words(state)}</b> <span class="muted">{CELL_MEANINGS[state]}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
