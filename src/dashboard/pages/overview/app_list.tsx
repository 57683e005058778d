import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { wallTime } from "../../base/clock.ts";
import { formatByteRate, formatCount, formatMs, formatRate } from "../../base/format.ts";
import { State } from "../../parts/mark.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Spark } from "../../parts/spark.tsx";
import { VirtualList } from "../../parts/virtual_list.tsx";
import { writeAddress } from "../../pure/address.ts";
import { type AppSort, type AppView, orderApps, readAppView } from "../../pure/app_order.ts";
import { severityOf } from "../../pure/reasons.ts";
import { address, choose } from "../../state/location.ts";
import { apps, seeSamples, SPARK_POINTS, sparks } from "../../state/samples.ts";

const ROW_HEIGHT = 34;
const CARD_HEIGHT = 168;
const MAX_HEIGHT = 620;
/** Rows change places so often at most, and never under the pointer: nobody hits a row that moves. */
const ORDER_MS = 3000;

const COLUMNS: readonly (readonly [sort: AppSort | null, name: string])[] = [
  ["name", "App"],
  ["attention", "State"],
  [null, "Targets"],
  ["connections", "Open"],
  ["new", "New/s"],
  ["requests", "Requests/s"],
  ["out", "To clients"],
  ["in", "From clients"],
  [null, "Last 30 s"],
  ["connect", "Connect p50 · p99"],
  ["first_byte", "First byte p50 · p99"],
  ["errors", "Errors/s"],
];
const NAMES = COLUMNS.map(([, name]) => name);

/** Every app in a line; only lines that can be seen are in the page. */
export function AppList(): JSX.Element {
  const count = seeSamples();
  const view = readAppView(address.value.query);
  const isHeld = useSignal(false);
  const order = useOrder(view, isHeld.value, count);
  return (
    <Panel title="Apps" side={<Filters view={view} shown={order.length} />}>
      <div
        onPointerEnter={() => isHeld.value = true}
        onPointerLeave={() => isHeld.value = false}
      >
        {order.length === 0 ? <Empty>No app is like that.</Empty> : (
          <VirtualList
            label="Apps"
            kind="apps"
            head={COLUMNS.map(([sort, name]) => (
              <SortButton
                key={name}
                sort={sort}
                name={name}
                view={view}
              />
            ))}
            names={NAMES}
            count={order.length}
            rowHeight={ROW_HEIGHT}
            cardHeight={CARD_HEIGHT}
            maxHeight={MAX_HEIGHT}
            keyOf={(index) => order[index] ?? ""}
            row={(index) => rowOf(order[index] ?? "")}
          />
        )}
      </div>
    </Panel>
  );
}

/** Names in order; it is made anew when something else is chosen, and else from time to time. */
function useOrder(view: AppView, isHeld: boolean, samples: number): readonly string[] {
  const kept = useRef<{ key: string; at: number; names: readonly string[] }>({ key: "", at: 0, names: [] });
  const key = JSON.stringify([view, apps.size]);
  const isOld = !isHeld && wallTime() - kept.current.at > ORDER_MS;
  if (samples > 0 && (key !== kept.current.key || isOld)) {
    kept.current = { key, at: wallTime(), names: orderApps(apps, view) };
  }
  return kept.current.names;
}

function rowOf(name: string): readonly ComponentChildren[] {
  const app = apps.get(name);
  if (app === undefined) return [name, <span key="gone" class="muted">gone</span>];
  const severity = severityOf(app);
  const isOut = app.targets_available < app.targets;
  return [
    <a key="name" href={writeAddress({ type: "app", app: name })} title={name}>{name}</a>,
    <State key="state" severity={severity} text={app.state} />,
    <span key="targets" class={isOut ? "warn-text" : ""}>{app.targets_available} of {app.targets}</span>,
    formatCount(app.connections_active),
    formatRate(app.connections_per_second),
    app.mode === "http" ? formatRate(app.requests_per_second) : <span key="tcp" class="muted">tcp</span>,
    formatByteRate(app.bytes_out_per_second),
    formatByteRate(app.bytes_in_per_second),
    <Spark key="spark" ring={sparks.get(name)} points={SPARK_POINTS} />,
    `${formatMs(app.connect_ms?.p50)} · ${formatMs(app.connect_ms?.p99)}`,
    `${formatMs(app.first_byte_ms?.p50)} · ${formatMs(app.first_byte_ms?.p99)}`,
    <span key="errors" class={app.errors_recent > 0 ? "bad-text" : "muted"}>
      {formatRate(app.errors_recent)}
    </span>,
  ];
}

function SortButton(
  { sort, name, view }: { sort: AppSort | null; name: string; view: AppView },
): JSX.Element {
  if (sort === null) return <>{name}</>;
  const isChosen = view.sort === sort;
  return (
    <button
      type="button"
      class="sort"
      aria-pressed={isChosen}
      onClick={() => choose({ sort: sort === "attention" ? "" : sort })}
    >
      {name}
      {isChosen ? <span aria-hidden>{sort === "name" ? " ↑" : " ↓"}</span> : null}
    </button>
  );
}

function Filters({ view, shown }: { view: AppView; shown: number }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class="filters">
      <span class="muted" role="status">{shown === apps.size ? "" : `${shown} of ${apps.size}`}</span>
      <label>
        <input
          type="checkbox"
          checked={view.only === "sick"}
          onChange={({ currentTarget }) => choose({ only: currentTarget.checked ? "sick" : "" })}
        />
        only those not well
      </label>
      <label>
        <span class="only-heard">Find an app</span>
        <input
          type="search"
          placeholder="Find ( / )"
          ref={input}
          value={view.text}
          onInput={({ currentTarget }) => choose({ find: currentTarget.value })}
        />
      </label>
    </div>
  );
}
