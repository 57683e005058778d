import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { Target, TargetSample } from "../../api/types.ts";
import { wallTime } from "../../base/clock.ts";
import { formatByteRate, formatCount, formatRate, NOTHING } from "../../base/format.ts";
import { State } from "../../parts/mark.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { VirtualList } from "../../parts/virtual_list.tsx";
import { targetReason } from "../../pure/reasons.ts";
import { who } from "../../state/who.ts";
import { Operate } from "./operate.tsx";

const ROW_HEIGHT = 52;
const CARD_HEIGHT = 196;
const MAX_HEIGHT = 560;
const NAMES = [
  "Target",
  "Takes sessions",
  "Config",
  "Override",
  "Health",
  "Why",
  "Open",
  "New/s",
  "From · to it",
  "Failures/s",
  "",
];

/** The targets of an app: what config, operators and health say of each, and what it does. */
export function Targets(
  { app, targets, samples, refresh }: {
    app: string;
    targets: readonly Target[];
    samples: Readonly<Record<string, TargetSample>>;
    refresh: () => void;
  },
): JSX.Element {
  const operated = useSignal<string | null>(null);
  const refusal = who.value?.read_only_because ?? null;
  const target = targets.find((one) => one.target === operated.value);
  const heading = NAMES.map((name) =>
    name === "" ? <span key="operate" class="only-heard">Operate</span> : name
  );
  return (
    <Panel
      title="Targets"
      side={refusal === null ? null : <span class="muted">Drain and weight need more rights: {refusal}</span>}
    >
      {targets.length === 0 ? <Empty>This app has no target.</Empty> : (
        <VirtualList
          label={`Targets of ${app}`}
          kind="targets"
          head={heading}
          names={NAMES}
          count={targets.length}
          rowHeight={ROW_HEIGHT}
          cardHeight={CARD_HEIGHT}
          maxHeight={MAX_HEIGHT}
          keyOf={(index) => targets[index]?.target ?? ""}
          row={(index) => {
            const one = targets[index];
            if (one === undefined) return [];
            return rowOf(one, samples[one.target], refusal, () => operated.value = one.target);
          }}
        />
      )}
      {target === undefined ? null : (
        <Operate
          app={app}
          target={target}
          close={() => operated.value = null}
          changed={refresh}
        />
      )}
    </Panel>
  );
}

function rowOf(
  target: Target,
  sample: TargetSample | undefined,
  refusal: string | null,
  operate: () => void,
): readonly ComponentChildren[] {
  const { config, override, effective } = target;
  // Samples come twice a second, the rest less often: what both tell is taken from samples.
  const health = sample?.health ?? target.health.state;
  const isAvailable = sample?.available ?? effective.available;
  const reason = targetReason(target, wallTime());
  const severity = isAvailable
    ? "well"
    : health === "down" || health === "ejected"
    ? "bad"
    : reason?.severity ?? "warn";
  const addresses = target.addresses.filter((one) => one !== target.target);
  return [
    <span key="name" class="two-lines" title={target.target}>
      <b>{target.target}</b>
      {addresses.length === 0 ? null : <small class="muted">{addresses.join(", ")}</small>}
    </span>,
    <State key="takes" severity={severity} text={isAvailable ? "yes" : "no"} />,
    `weight ${config.weight}${config.backup ? ", backup" : ""}`,
    override === null ? <span key="none" class="muted">none</span> : (
      <span key="override" class="override">
        {[
          override.state === null ? "" : override.state.value,
          override.weight === null ? "" : `weight ${override.weight.value}`,
        ].filter(Boolean).join(", ")}
      </span>
    ),
    <span key="health" class={`health health-${health}`}>{health}</span>,
    <span key="why" class="why-text" title={reason?.text ?? ""}>{reason?.text ?? NOTHING}</span>,
    formatCount(sample?.connections_active ?? target.connections_active),
    formatRate(sample?.connections_per_second ?? 0),
    <span key="bytes" class="two-lines">
      <span>{formatByteRate(sample?.bytes_out_per_second ?? 0)}</span>
      <span>{formatByteRate(sample?.bytes_in_per_second ?? 0)}</span>
    </span>,
    <span key="failures" class={(sample?.failures_per_second ?? 0) > 0 ? "bad-text" : "muted"}>
      {formatRate(sample?.failures_per_second ?? 0)}
    </span>,
    <button
      key="operate"
      type="button"
      disabled={refusal !== null}
      title={refusal ?? "Drain it, or change its weight"}
      aria-label={`Operate ${target.target}`}
      onClick={operate}
    >
      Operate
    </button>,
  ];
}
