/** Figures of at most six characters. */

/** A rate or count: `0`, `4.2`, `812`, `12.3k`, `1.2M`. */
export function shortCount(value: number): string {
  // A rate of more than ten wants no decimals.
  return value >= 9.95 && value < 999.5 ? value.toFixed(0) : short(value, 1000, ["", "k", "M", "G", "T"]);
}

/** Bytes, in binary units: `812B`, `1.2K`, `3.4M`. */
export function shortBytes(bytes: number): string {
  return short(bytes, 1024, ["B", "K", "M", "G", "T"]);
}

/** A time: `82µs`, `4.2ms`, `120ms`, `1.2s`; `-` for none. */
export function shortTime(ms: number | undefined): string {
  if (ms === undefined) return "-";
  if (ms < 0.9995) return `${Math.round(ms * 1000)}µs`;
  return ms < 999.5 ? `${digits(ms)}ms` : `${digits(ms / 1000)}s`;
}

function short(value: number, step: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  return `${digits(rest)}${units[unit]}`;
}

function digits(value: number): string {
  return value >= 99.95 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}
