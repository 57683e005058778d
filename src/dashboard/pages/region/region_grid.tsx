import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { RegionApp, RegionNode } from "../../api/region.ts";
import { plural } from "../../base/format.ts";
import { Mark } from "../../parts/mark.tsx";
import { focusSoon, nextRow, rowOf } from "../../parts/row_keys.ts";
import type { GridView, ZoneNodes } from "../../pure/region_grid.ts";
import { severityOfNode } from "../../pure/region_words.ts";
import { scrollTo, virtualWindow } from "../../pure/virtual_window.ts";
import { choose } from "../../state/location.ts";
import { AppRow, ROW_HEIGHT } from "./app_row.tsx";

const MAX_HEIGHT = 620;
/** With so many nodes there is room for words in the cells. */
const FEW_NODES = 8;
const WIDE_CELL = 112;
const NARROW_CELL = 28;
/** Columns before those of nodes: the app, and how many of its replicas serve. */
const COLUMNS_BEFORE = 2;

/**
 * Apps by nodes. Only rows that can be seen are in the page, and in them only cells where there is a replica; the app's
 * column and the nodes' names stay in sight. Arrow keys lead from app to app.
 */
export function RegionGrid(
  { apps, zones, view }: { apps: readonly RegionApp[]; zones: readonly ZoneNodes[]; view: GridView },
): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const viewport = useSignal({ top: 0, height: MAX_HEIGHT });
  const nodes = zones.flatMap((zone) => zone.nodes);
  const isWide = nodes.length <= FEW_NODES;
  const cell = isWide ? WIDE_CELL : NARROW_CELL;
  const columns = new Map(nodes.map(({ name }, column) => [name, column]));
  const seen = virtualWindow(apps.length, ROW_HEIGHT, viewport.value);
  const look = (): void => {
    const { scrollTop = 0, clientHeight = MAX_HEIGHT } = holder.current ?? {};
    const height = clientHeight - (head.current?.clientHeight ?? 0);
    const { top, height: before } = viewport.value;
    if (top !== scrollTop || height !== before) viewport.value = { top: scrollTop, height };
  };
  useEffect(look, [apps.length, nodes.length]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rowOf(event.target);
    const page = Math.floor(viewport.value.height / ROW_HEIGHT);
    const to = at === null ? null : nextRow(event.key, at, apps.length, page);
    if (to === null || holder.current === null) return;
    event.preventDefault();
    holder.current.scrollTop = scrollTo(to, ROW_HEIGHT, viewport.value);
    look();
    focusSoon(holder.current, to);
  };
  return (
    <div
      class={`grid ${isWide ? "grid-wide" : "grid-dense"}`}
      role="table"
      aria-label="Apps on nodes"
      aria-rowcount={apps.length + 2}
      aria-colcount={nodes.length + COLUMNS_BEFORE}
      ref={holder}
      tabIndex={0}
      onScroll={look}
      onKeyDown={onKeyDown}
      style={{ maxHeight: `${MAX_HEIGHT}px`, "--cell": `${cell}px`, "--nodes": String(nodes.length) }}
    >
      <div class="grid-head" role="rowgroup" ref={head}>
        <ZoneRow zones={zones} cell={cell} />
        <NodeRow nodes={nodes} chosen={view.node} />
      </div>
      <div role="rowgroup" class="grid-body" style={{ height: `${seen.height}px` }}>
        <Tints nodes={nodes} cell={cell} />
        <div role="presentation" style={{ transform: `translateY(${seen.offset}px)` }}>
          {apps.slice(seen.first, seen.end).map((app, at) => (
            <AppRow
              key={app.name}
              app={app}
              index={seen.first + at}
              columns={columns}
              cell={cell}
              isWide={isWide}
              isChosen={app.name === view.app}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function ZoneRow({ zones, cell }: { zones: readonly ZoneNodes[]; cell: number }): JSX.Element {
  return (
    <div class="grid-row grid-zones" role="row" aria-rowindex={1}>
      <div class="grid-app" role="columnheader" />
      <div class="grid-strip" role="presentation">
        {zones.map(({ zone, nodes }) => (
          <div
            key={zone}
            role="columnheader"
            aria-colspan={nodes.length}
            class="grid-zone"
            style={{ width: `${nodes.length * cell}px` }}
            title={`${zone === "" ? "no zone" : `zone ${zone}`}: ${plural(nodes.length, "node")}`}
          >
            {zone === "" ? "no zone" : zone}
          </div>
        ))}
      </div>
    </div>
  );
}

function NodeRow({ nodes, chosen }: { nodes: readonly RegionNode[]; chosen: string }): JSX.Element {
  return (
    <div class="grid-row grid-nodes" role="row" aria-rowindex={2}>
      <div class="grid-app" role="columnheader">
        <span>App</span>
        <span>Serve</span>
      </div>
      <div class="grid-strip" role="presentation">
        {nodes.map((node, column) => (
          <div
            key={node.name}
            role="columnheader"
            aria-colindex={column + 1 + COLUMNS_BEFORE}
            class="grid-node"
          >
            <button
              type="button"
              aria-pressed={node.name === chosen}
              onClick={() => choose({ node: node.name === chosen ? "" : node.name })}
              title={`${node.name}: ${node.standing}, ${node.ready} of ${node.carried} serve`}
            >
              {severityOfNode(node) === "well" ? null : <Mark severity={severityOfNode(node)} />}
              <span>{node.name}</span>
              {node.standing === "ready" ? null : <span class="only-heard">, {node.standing}</span>}
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}

/** Columns of nodes that take nothing new are seen from top to bottom. */
function Tints({ nodes, cell }: { nodes: readonly RegionNode[]; cell: number }): JSX.Element {
  return (
    <div class="grid-tints" aria-hidden>
      {nodes.map(({ name, standing }, column) =>
        standing === "ready" ? null : (
          <div
            key={name}
            class={`grid-tint tint-${standing}`}
            style={{ left: `${column * cell}px`, width: `${cell}px` }}
          />
        )
      )}
    </div>
  );
}
