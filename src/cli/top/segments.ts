import type { Paint, Tone } from "../drawing/paint.ts";
import { clip } from "../drawing/printable.ts";

/** A piece of a line; its characters are one column each. */
export interface Segment {
  readonly text: string;
  readonly tone?: Tone;
}

/** A line of pieces, one gap from the next; what does not fit is cut off. */
export function segmentLine(segments: readonly Segment[], columns: number, paint: Paint, gap = "  "): string {
  let room = columns;
  let line = "";
  for (const { text, tone } of segments) {
    if (text === "") continue;
    const start = line === "" ? "" : gap;
    const shown = clip(text, room - start.length);
    if (shown === "") break;
    line += start + (tone === undefined ? shown : paint(tone, shown));
    room -= start.length + [...shown].length;
  }
  return line;
}
