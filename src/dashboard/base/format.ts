/** Numbers as people read them: three figures at most, and a unit. */

const STEPS = ["", "k", "M", "G", "T", "P"] as const;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What stands where there is no number. */
export const NOTHING = "–";

/** Three figures: `0.42`, `4.2`, `42`, `420`. */
function figures(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1) return trimZero(value.toFixed(2));
  return size < 10 ? trimZero(value.toFixed(1)) : value.toFixed(0);
}

function trimZero(text: string): string {
  return text.replace(/\.0+$/, "");
}

function scaled(value: number): [text: string, step: string] {
  let rest = value;
  let step = 0;
  // 999.5 would be written as 1000.
  while (Math.abs(rest) >= 999.5 && step < STEPS.length - 1) {
    rest /= 1000;
    step++;
  }
  return [figures(rest), STEPS[step] ?? ""];
}

/** `1234` is `1.2k`. */
export function formatCount(value: number): string {
  const [text, step] = scaled(value);
  return `${text}${step}`;
}

/** A rate without its unit: as a count, but what rounds to nothing is nothing. */
export function formatRate(value: number): string {
  return Math.abs(value) < 0.005 ? "0" : formatCount(value);
}

/** `1500` is `1.5 kB`. */
export function formatBytes(value: number): string {
  const [text, step] = scaled(value);
  return `${text} ${step}B`;
}

/** Bytes a second. */
export function formatByteRate(value: number): string {
  return `${formatBytes(Math.abs(value) < 0.5 ? 0 : value)}/s`;
}

/** A time span that was measured, milliseconds; null where there is none. */
export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING;
  if (ms < SECOND) return `${figures(ms)} ms`;
  return ms < MINUTE ? `${figures(ms / SECOND)} s` : formatSpan(ms);
}

/** A time span in whole units, the two largest: `3 min`, `2 h 5 min`. */
export function formatSpan(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return joined(Math.floor(ms / HOUR), "h", Math.floor(ms % HOUR / MINUTE), "min");
  return joined(Math.floor(ms / DAY), "d", Math.floor(ms % DAY / HOUR), "h");
}

function joined(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}

/** Time of the day in the browser's zone. @param time milliseconds since the epoch, or RFC 3339. */
export function formatTime(time: number | string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return NOTHING;
  return date.toLocaleTimeString("en-GB", { hour12: false });
}

/** Date and time in the browser's zone. */
export function formatDateTime(time: number | string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return NOTHING;
  const day = date.toLocaleDateString("en-CA");
  return `${day} ${formatTime(time)}`;
}

/** `1 target`, `2 targets`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
