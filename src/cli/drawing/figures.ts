const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A whole number with separators: 1,234,567. */
export function formatCount(value: number): string {
  return COUNT.format(value);
}

/** A time with three significant digits in the unit that suits it: `412 µs`, `12.3 ms`, `1.23 s`. */
export function formatTime(ms: number): string {
  if (ms < 0.9995) return `${threeDigits(ms * 1000)} µs`;
  if (ms < 999.5) return `${threeDigits(ms)} ms`;
  return `${threeDigits(ms / 1000)} s`;
}

/**
 * Times of a scale whose steps are `stepMs`, in one unit and with the decimals that tell neighbours apart.
 * @param topMs the largest of them.
 */
export function scaleFormat(topMs: number, stepMs: number): (ms: number) => string {
  const [unit, factor] = topMs < 0.9995 ? ["µs", 1000] : topMs < 999.5 ? ["ms", 1] : ["s", 0.001];
  // The small part is for steps such as 0.1, which are no binary fraction.
  const decimals = Math.max(0, Math.ceil(-Math.log10(stepMs * factor) - 1e-9));
  return (ms) => `${(ms * factor).toFixed(decimals)} ${unit}`;
}

/** A share of a whole: `33.3 %`. */
export function formatShare(part: number, whole: number): string {
  return `${whole === 0 ? "0.0" : ((100 * part) / whole).toFixed(1)} %`;
}

/** Bytes with three significant digits in binary units: `1.46 KiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : threeDigits(value)} ${units[unit]}`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value.toFixed(value >= 9.995 ? 1 : 2);
}
