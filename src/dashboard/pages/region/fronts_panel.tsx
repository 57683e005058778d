import type { JSX } from "preact";
import type { RegionFront } from "../../api/region.ts";
import { NOTHING } from "../../base/format.ts";
import { State } from "../../parts/mark.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { VirtualList } from "../../parts/virtual_list.tsx";
import { choose } from "../../state/location.ts";

const ROW_HEIGHT = 34;
const CARD_HEIGHT = 96;
const MAX_HEIGHT = 300;
const NAMES = ["Front", "State", "App", "Sends connections to"];

interface Use {
  readonly front: RegionFront;
  /** Empty where it uses none. */
  readonly app: string;
  readonly nodes: readonly string[];
}

/** Proxies whose targets are apps of the region, and the replicas that each sends connections to. */
export function FrontsPanel({ fronts }: { fronts: readonly RegionFront[] }): JSX.Element {
  const uses = fronts.flatMap((front): Use[] => {
    const all = Object.entries(front.uses);
    return all.length === 0
      ? [{ front, app: "", nodes: [] }]
      : all.map(([app, nodes]) => ({ front, app, nodes }));
  });
  return (
    <Panel title="Fronts">
      {uses.length === 0 ? <Empty>No proxy has an app of the region as target.</Empty> : (
        <VirtualList
          label="Fronts"
          kind="fronts"
          head={NAMES}
          names={NAMES}
          count={uses.length}
          rowHeight={ROW_HEIGHT}
          cardHeight={CARD_HEIGHT}
          maxHeight={MAX_HEIGHT}
          keyOf={(index) => `${uses[index]?.front.name} ${uses[index]?.app}`}
          row={(index) => rowOf(uses[index])}
        />
      )}
    </Panel>
  );
}

function rowOf(use: Use | undefined): JSX.Element[] {
  if (use === undefined) return [];
  const { front: { name, gone }, app, nodes } = use;
  const text = nodes.length === 0 ? NOTHING : nodes.join(", ");
  return [
    <b key="front">{name}</b>,
    <State key="state" severity={gone ? "bad" : "well"} text={gone ? "gone" : "there"} />,
    app === ""
      ? <span key="app" class="muted">uses none</span>
      : <button key="app" type="button" class="link-button" onClick={() => choose({ app })}>{app}</button>,
    <span key="nodes" title={text}>{text}</span>,
  ];
}
