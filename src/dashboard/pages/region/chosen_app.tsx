import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { RegionApp } from "../../api/region.ts";
import { formatCount, NOTHING } from "../../base/format.ts";
import { CellSign } from "../../parts/cell_sign.tsx";
import { State } from "../../parts/mark.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { VirtualList } from "../../parts/virtual_list.tsx";
import { words } from "../../pure/reasons.ts";
import { CELL_SEVERITIES, CONDITION_SEVERITIES } from "../../pure/region_words.ts";
import { choose } from "../../state/location.ts";
import { Stepper } from "./stepper.tsx";

const ROW_HEIGHT = 34;
const CARD_HEIGHT = 96;
const MAX_HEIGHT = 360;
const NAMES = ["Node", "State", "Revision", "Ports", "Why"];

/** The app that was chosen in the grid: each replica in words, and what keeps it from being as it is wanted. */
export function ChosenApp({ app }: { app: RegionApp }): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  // It may stand below the end of the screen.
  useEffect(() => holder.current?.scrollIntoView({ block: "nearest" }), [app.name]);
  const { name, condition, revision, wanted, ready, rollout, trouble, replicas } = app;
  return (
    <div ref={holder}>
      <Panel
        title={`${name}, replica by replica`}
        side={
          <button type="button" class="quiet" aria-label="Close" onClick={() => choose({ app: "" })}>
            ✕
          </button>
        }
      >
        <div class="chosen-app">
          <State severity={CONDITION_SEVERITIES[condition]} text={condition} />
          <span>{formatCount(ready)} of {formatCount(wanted)} serve</span>
          <span class="muted">{revision === null ? "deleted" : `revision ${revision}`}</span>
          {rollout === null ? null : <Stepper rollout={rollout} />}
        </div>
        {rollout === null || rollout.reason === "" ? null : <p class="rollout-reason">{rollout.reason}</p>}
        {trouble.length === 0
          ? null
          : <ul class="trouble">{trouble.map((text) => <li key={text}>{text}</li>)}</ul>}
        {replicas.length === 0 ? <Empty>No node has to carry it.</Empty> : (
          <VirtualList
            label={`Replicas of ${name}`}
            kind="replicas"
            head={NAMES}
            names={NAMES}
            count={replicas.length}
            rowHeight={ROW_HEIGHT}
            cardHeight={CARD_HEIGHT}
            maxHeight={MAX_HEIGHT}
            keyOf={(index) => replicas[index]?.node ?? ""}
            row={(index) => {
              const one = replicas[index];
              if (one === undefined) return [];
              return [
                <button
                  key="node"
                  type="button"
                  class="link-button"
                  onClick={() => choose({ node: one.node })}
                >
                  {one.node}
                </button>,
                <span key="state" class={`cell-word cell-${CELL_SEVERITIES[one.state]}`}>
                  <CellSign state={one.state} /> {words(one.state)}
                </span>,
                String(one.revision),
                one.ports.length === 0 ? NOTHING : one.ports.join(", "),
                <span key="why" title={one.reason}>{one.reason === "" ? NOTHING : one.reason}</span>,
              ];
            }}
          />
        )}
      </Panel>
    </div>
  );
}
