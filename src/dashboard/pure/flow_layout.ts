// @ts-types="@types/d3-sankey"
import { sankey, sankeyLinkHorizontal } from "d3-sankey";
import type { FlowEnd, FlowGraph } from "./flow_graph.ts";

/** A box of the picture. */
export interface FlowBox {
  readonly end: FlowEnd | null;
  readonly side: "listener" | "app" | "target";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A band between two boxes. */
export interface FlowBand {
  readonly end: FlowEnd;
  readonly side: "listener" | "target";
  /** For SVG: the middle of the band. */
  readonly path: string;
  /** In pixels, in proportion to its share. */
  readonly width: number;
  readonly isIdle: boolean;
}

/** Where everything stands. */
export interface FlowLayout {
  readonly boxes: readonly FlowBox[];
  readonly bands: readonly FlowBand[];
}

const BOX_WIDTH = 12;
/** Between boxes of a side; a label needs as much. */
const GAP = 34;
const LEAST_HEIGHT = 3;
const LEAST_FLOW = 100;
/** For the app's name above, and the lower half of the last label. */
const TOP = 18;
const BOTTOM = 20;

interface Node {
  readonly end: FlowEnd | null;
  readonly side: FlowBox["side"];
}
interface Link {
  readonly source: number;
  readonly target: number;
  readonly value: number;
  readonly end: FlowEnd;
  readonly side: FlowBand["side"];
}

/** Height that a graph needs for its labels, pixels. */
export function flowHeight({ listeners, targets }: FlowGraph): number {
  return TOP + BOTTOM + Math.max(LEAST_FLOW, Math.max(listeners.length, targets.length) * (GAP + 12));
}

/** Lays a graph out. */
export function flowLayout(graph: FlowGraph, width: number, height: number): FlowLayout {
  const { listeners, targets, idle } = graph;
  const nodes: Node[] = [
    { end: null, side: "app" },
    ...listeners.map((end): Node => ({ end, side: "listener" })),
    ...targets.map((end): Node => ({ end, side: "target" })),
  ];
  const links: Link[] = [
    ...listeners.map((end, n): Link => ({
      source: n + 1,
      target: 0,
      value: end.share,
      end,
      side: "listener",
    })),
    ...targets.map((end, n): Link => ({
      source: 0,
      target: n + 1 + listeners.length,
      value: end.share,
      end,
      side: "target",
    })),
  ];
  const lay = sankey<Node, Link>().nodeWidth(BOX_WIDTH).nodePadding(GAP)
    // As in the config: boxes that change places with each sample cannot be followed.
    .nodeSort(null).linkSort(null)
    .extent([[0, TOP], [width, height - BOTTOM]]);
  const laid = lay({ nodes: nodes.map((one) => ({ ...one })), links: links.map((one) => ({ ...one })) });
  const pathOf = sankeyLinkHorizontal<Node, Link>();
  return {
    boxes: laid.nodes.map(({ end, side, x0 = 0, x1 = 0, y0 = 0, y1 = 0 }) => ({
      end,
      side,
      x: x0,
      y: y0,
      width: x1 - x0,
      height: Math.max(LEAST_HEIGHT, y1 - y0),
    })),
    bands: laid.links.map((link) => ({
      end: link.end,
      side: link.side,
      path: pathOf(link) ?? "",
      width: link.width ?? 0,
      isIdle: link.end.value === 0 || (link.side === "listener" ? idle.listeners : idle.targets),
    })),
  };
}
