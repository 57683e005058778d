/** Milliseconds in each unit, largest first: the order in which the units of one duration must be written. */
const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

type Unit = keyof typeof UNITS_MS;

const UNIT_NAMES = Object.keys(UNITS_MS) as Unit[];

const PART = /(\d{1,15})(?:\.(\d{1,9}))?(ms|[smhd])/y;

/** Longest duration, milliseconds: 24 days, the most whole days that a timer can wait (2^31 - 1 ms). */
export const MAX_DURATION_MS = 24 * UNITS_MS.d;

/** What a duration looks like, for messages. */
export const DURATION_FORMS = 'a number with a unit ms, s, m, h or d, such as "250ms", "5s" or "1h30m"';

/** As {@link parseDuration} reads it, for schemas: a regular expression without flags. */
export const DURATION_PATTERN = String.raw`^(\d+(\.\d+)?(ms|s|m|h|d))+$`;

/**
 * Reads a duration such as `250ms`, `1.5s` or `1h30m`. Units are ms, s, m, h, d; several parts go from the largest unit
 * to the smallest. `0` needs no unit.
 * @returns whole milliseconds, 0 to {@link MAX_DURATION_MS}.
 * @throws {RangeError} saying what is allowed.
 */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  let totalMs = 0;
  let lastUnit = -1;
  PART.lastIndex = 0;
  let end = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    const unit = UNIT_NAMES.indexOf(part[3] as Unit);
    if (unit <= lastUnit) {
      throw new RangeError(`"${text}" has its units out of order: write the largest first, each once`);
    }
    lastUnit = unit;
    totalMs += partMs(part[1] ?? "", part[2] ?? "", UNITS_MS[part[3] as Unit], text);
    end = PART.lastIndex;
  }
  if (end === 0 || end !== text.length) throw new RangeError(notADuration(text));
  if (totalMs > MAX_DURATION_MS) {
    throw new RangeError(`"${text}" is too long: at most ${formatDuration(MAX_DURATION_MS)}`);
  }
  return totalMs;
}

/** Writes whole milliseconds in the shortest form that {@link parseDuration} reads back: 5400000 is `1h30m`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0s";
  let text = "";
  let restMs = durationMs;
  for (const unit of UNIT_NAMES) {
    const count = Math.floor(restMs / UNITS_MS[unit]);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * UNITS_MS[unit];
  }
  return text;
}

/** Integer arithmetic throughout, so that `1.1s` is 1100 and not 1100.0000000000002. */
function partMs(whole: string, fraction: string, unitMs: number, text: string): number {
  const scale = 10 ** fraction.length;
  const scaled = Number(fraction) * unitMs;
  if (scaled % scale !== 0) {
    throw new RangeError(`"${text}" is not a whole number of milliseconds`);
  }
  return Number(whole) * unitMs + scaled / scale;
}

function notADuration(text: string): string {
  if (/^[\d.]+$/.test(text)) return `"${text}" has no unit: write "${text}s" or "${text}ms"`;
  return `"${text}" is not a duration: write ${DURATION_FORMS}`;
}
