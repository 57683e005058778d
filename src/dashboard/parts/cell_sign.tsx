import type { JSX } from "preact";
import type { CellState } from "../api/region.ts";

/** Told apart without colours. */
const SHAPES: Readonly<Record<CellState, string>> = {
  // A tick.
  ready: "M2.5 8.5l4 4 7-9",
  // A cross.
  unready: "M3 3l10 10M13 3L3 13",
  // An exclamation mark.
  invalid: "M8 2.5v7M8 12.6v.8",
  // A sign for "not equal".
  conflict: "M3 6h10M3 10h10M11 2.5L5 13.5",
  // A clock.
  waits: "M8 2.5a5.5 5.5 0 1 0 .01 0M8 5v3.2l2.2 1.4",
  // An arrow that leads out.
  closing: "M3 8h9M8.5 4l4 4-4 4",
  // An arrow upwards.
  updating: "M8 13V4M4 7.5L8 3.5l4 4",
  // A question mark.
  not_told: "M5.3 5.8a2.7 2.7 0 1 1 3.9 2.4c-.8.4-1.2.9-1.2 1.8M8 12.8v.5",
  // A dash.
  gone: "M3.5 8h9",
};

/** How an app is on a node, as a sign. What stands beside it says the same in words. */
export function CellSign({ state }: { state: CellState }): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 16 16" aria-hidden>
      <path d={SHAPES[state]} />
    </svg>
  );
}
