import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatCount, formatRate } from "../base/format.ts";
import type { FlowGraph, FlowMeasure } from "../pure/flow_graph.ts";
import { type FlowBand, type FlowBox, flowHeight, flowLayout } from "../pure/flow_layout.ts";

const LABEL_ROOM = 210;
const NARROW_ROOM = 112;
/** Of a bold letter, pixels. */
const CHAR_WIDTH = 8;

/** Where an app's traffic comes from and goes to; the width of a flow is its share. */
export function FlowPicture(
  { app, graph, measure }: { app: string; graph: FlowGraph; measure: FlowMeasure },
): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  const width = useSignal(800);
  useEffect(() => {
    const { current } = holder;
    if (current === null) return;
    const observer = new ResizeObserver(() => width.value = current.clientWidth);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const room = width.value < 560 ? NARROW_ROOM : LABEL_ROOM;
  const height = flowHeight(graph);
  const { boxes, bands } = flowLayout(graph, Math.max(120, width.value - 2 * room), height);
  const unit = measure === "active" ? "open" : "a second";
  const valueOf = (value: number): string => measure === "active" ? formatCount(value) : formatRate(value);
  return (
    <div class="flow" ref={holder}>
      <svg
        width={width.value}
        height={height}
        role="img"
        aria-label={summary(app, graph, valueOf, unit)}
      >
        <g transform={`translate(${room} 0)`}>
          {bands.map((band) => <Band key={`${band.side} ${band.end.name}`} band={band} />)}
          {boxes.map((box) => (
            <Box
              key={`${box.side} ${box.end?.name}`}
              box={box}
              app={app}
              room={room}
              text={valueOf}
              unit={unit}
            />
          ))}
        </g>
      </svg>
    </div>
  );
}

function Band({ band: { end, side, path, width, isIdle } }: { band: FlowBand }): JSX.Element {
  const kind = isIdle ? "idle" : end.isWell ? "well" : "bad";
  return (
    <path
      class={`flow-band flow-${kind}`}
      d={path}
      stroke-width={isIdle ? 1 : Math.max(1, width)}
      data-side={side}
      data-end={end.name}
      data-value={end.value}
    />
  );
}

function Box(
  { box, app, room, text, unit }: {
    box: FlowBox;
    app: string;
    room: number;
    text: (value: number) => string;
    unit: string;
  },
): JSX.Element {
  const { end, side, x, y, width, height } = box;
  const middle = y + height / 2;
  const isWell = end?.isWell ?? true;
  const before = side === "listener";
  const labelX = side === "app" ? x + width / 2 : before ? x - 8 : x + width + 8;
  const anchor = side === "app" ? "middle" : before ? "end" : "start";
  const chars = Math.floor((room - 12) / CHAR_WIDTH);
  return (
    <g class={`flow-end ${isWell ? "" : "flow-end-bad"}`}>
      <rect x={x} y={y} width={width} height={height} rx={2} />
      <text x={labelX} y={side === "app" ? y - 5 : middle - 2} text-anchor={anchor}>
        {shorten(`${isWell ? "" : "✖ "}${end?.name ?? app}`, chars)}
        <title>{end?.name ?? app}</title>
      </text>
      {end === null ? null : (
        <text class="flow-value" x={labelX} y={middle + 12} text-anchor={anchor}>
          {shorten(`${text(end.value)} ${unit}${isWell ? "" : ", takes none"}`, chars + 4)}
        </text>
      )}
    </g>
  );
}

function shorten(text: string, chars: number): string {
  if (text.length <= chars) return text;
  // Names of one app differ at their begin or at their end, hardly in the middle.
  const begin = Math.max(1, Math.floor((chars - 1) / 2));
  return `${text.slice(0, begin)}…${text.slice(-Math.max(1, chars - 1 - begin))}`;
}

function summary(
  app: string,
  { listeners, targets }: FlowGraph,
  valueOf: (value: number) => string,
  unit: string,
): string {
  const list = (all: FlowGraph["targets"]): string =>
    all.map(({ name, value, isWell }) => `${name} ${valueOf(value)} ${unit}${isWell ? "" : ", takes none"}`)
      .join("; ");
  return `Traffic of ${app}. From: ${list(listeners)}. To: ${list(targets)}`;
}
