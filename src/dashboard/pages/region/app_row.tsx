import type { JSX } from "preact";
import type { RegionApp, Replica } from "../../api/region.ts";
import { CellSign } from "../../parts/cell_sign.tsx";
import { Mark } from "../../parts/mark.tsx";
import { words } from "../../pure/reasons.ts";
import { placedReplicas } from "../../pure/region_grid.ts";
import { CELL_SEVERITIES, CONDITION_SEVERITIES } from "../../pure/region_words.ts";
import { choose } from "../../state/location.ts";

/** Height of a row, pixels; the style sheet has it, too. */
export const ROW_HEIGHT = 32;

/** An app and its replicas, each in the column of its node. */
export function AppRow(
  { app, index, columns, cell, isWide, isChosen }: {
    app: RegionApp;
    /** From 0. */
    index: number;
    /** Node → its column, from 0. */
    columns: ReadonlyMap<string, number>;
    /** Width of a column, pixels. */
    cell: number;
    /** Whether there is room for words. */
    isWide: boolean;
    isChosen: boolean;
  },
): JSX.Element {
  const { name, condition, ready, wanted } = app;
  return (
    <div
      class={`grid-row ${isChosen ? "grid-chosen" : ""}`}
      role="row"
      aria-rowindex={index + 3}
      data-row={index}
      onClick={() => choose({ app: isChosen ? "" : name })}
    >
      <div class="grid-app" role="rowheader">
        <Mark severity={CONDITION_SEVERITIES[condition]} />
        <button type="button" class="link-button" aria-expanded={isChosen} title={`${name}: ${condition}`}>
          {name}
          <span class="only-heard">, {condition}</span>
        </button>
        <Leg app={app} />
        <span class={ready < wanted ? "warn-text" : "muted"}>{ready}/{wanted}</span>
      </div>
      <div class="grid-strip" role="presentation">
        {placedReplicas(app, columns).map(({ replica, column }) => (
          <Cell
            key={replica.node}
            app={name}
            replica={replica}
            column={column}
            cell={cell}
            isWide={isWide}
          />
        ))}
      </div>
    </div>
  );
}

/** A change that is on its way. */
function Leg({ app: { rollout } }: { app: RegionApp }): JSX.Element | null {
  if (rollout === null || rollout.leg === "done") return null;
  const isTakenBack = rollout.leg === "failed" || rollout.leg === "rolled_back";
  return (
    <span class={`leg ${isTakenBack ? "leg-bad" : ""}`}>
      {words(rollout.leg)}
      {rollout.paused ? ", paused" : ""}
    </span>
  );
}

function Cell(
  { app, replica: { node, state, reason, revision }, column, cell, isWide }: {
    app: string;
    replica: Replica;
    column: number;
    cell: number;
    isWide: boolean;
  },
): JSX.Element {
  const why = reason === "" ? "" : `: ${reason}`;
  return (
    <div
      role="cell"
      aria-colindex={column + 3}
      class={`cell cell-${CELL_SEVERITIES[state]}`}
      style={{ left: `${column * cell}px` }}
      title={`${app} on ${node}: ${words(state)}${why} (revision ${revision})`}
      data-node={node}
      data-state={state}
    >
      <CellSign state={state} />
      <span class="only-heard">{node}:</span>
      <span class={isWide ? "" : "only-heard"}>{words(state)}</span>
    </div>
  );
}
