import type { Paint } from "../drawing/paint.ts";

/** Where something is drawn. */
export interface Place {
  /** Characters of a line. */
  readonly columns: number;
  readonly paint: Paint;
}

/** A place that is only so high. */
export interface ScreenPlace extends Place {
  readonly rows: number;
}
