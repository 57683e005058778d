import type { JSX } from "preact";
import type { RegionApp } from "../../api/region.ts";
import { formatDateTime, formatTime, NOTHING } from "../../base/format.ts";
import { Panel } from "../../parts/panel.tsx";
import { VirtualList } from "../../parts/virtual_list.tsx";
import { choose } from "../../state/location.ts";

const ROW_HEIGHT = 34;
const CARD_HEIGHT = 132;
const MAX_HEIGHT = 300;
const NAMES = ["App", "Replicas", "Between", "Target of a replica", "Last decision", "When"];

/** How many replicas apps with `scale` have, and how that was worked out; the newest decision first. Nothing without any. */
export function ScalesPanel({ apps }: { apps: readonly RegionApp[] }): JSX.Element | null {
  const scaled = apps.filter(({ scale }) => scale !== null).sort((a, b) => {
    const [one, other] = [a.scale?.since ?? "", b.scale?.since ?? ""];
    return one === other ? (a.name < b.name ? -1 : 1) : other < one ? -1 : 1;
  });
  if (scaled.length === 0) return null;
  return (
    <Panel title="Scaling">
      <VirtualList
        label="Scaling"
        kind="scales"
        head={NAMES}
        names={NAMES}
        count={scaled.length}
        rowHeight={ROW_HEIGHT}
        cardHeight={CARD_HEIGHT}
        maxHeight={MAX_HEIGHT}
        keyOf={(index) => scaled[index]?.name ?? ""}
        row={(index) => rowOf(scaled[index])}
      />
    </Panel>
  );
}

function rowOf(app: RegionApp | undefined): JSX.Element[] {
  if (app === undefined || app.scale === null) return [];
  const { name, wanted, scale: { min, max, target, reason, since, held } } = app;
  const why = held === null ? reason : `${reason}, until ${formatTime(held.until)}`;
  return [
    <button key="app" type="button" class="link-button" onClick={() => choose({ app: name })}>{name}</button>,
    <b key="wanted">{wanted}</b>,
    <span key="between">{min} to {max}</span>,
    <span key="target">{target.replaceAll("_", " ")}</span>,
    <code key="why" title={why}>{why === "" ? NOTHING : why}</code>,
    <span key="when">{since === null ? NOTHING : formatDateTime(since)}</span>,
  ];
}
