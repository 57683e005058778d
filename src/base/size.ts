/** Bytes in each unit, largest first. Binary units are IEC 80000-13; kB, MB and GB are powers of 1000. */
const UNITS_BYTES = {
  TiB: 1024 ** 4,
  GiB: 1024 ** 3,
  GB: 1000 ** 3,
  MiB: 1024 ** 2,
  MB: 1000 ** 2,
  KiB: 1024,
  kB: 1000,
  B: 1,
} as const;

const SIZE = /^(\d{1,16})(?:\.(\d{1,6}))?(TiB|GiB|MiB|KiB|GB|MB|kB|KB|B)?$/;

/** What a size looks like, for messages. */
export const SIZE_FORMS = 'bytes, or a number with a unit KiB, MiB, GiB, kB, MB or GB, such as "64KiB"';

/** As {@link parseSize} reads it, for schemas: a regular expression without flags. */
export const SIZE_PATTERN = String.raw`^\d+(\.\d+)?(TiB|GiB|MiB|KiB|GB|MB|kB|KB|B)?$`;

/**
 * Reads a size such as `64KiB`, `1.5MiB`, `10MB` or `4096` (bytes).
 * @returns whole bytes, 0 to 2^53 - 1.
 * @throws {RangeError} saying what is allowed.
 */
export function parseSize(text: string): number {
  const match = SIZE.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a size: write ${SIZE_FORMS}`);
  const [, whole = "", fraction = "", unit = "B"] = match;
  const unitBytes = UNITS_BYTES[(unit === "KB" ? "kB" : unit) as keyof typeof UNITS_BYTES];
  const scale = 10 ** fraction.length;
  const scaled = Number(fraction) * unitBytes;
  if (scaled % scale !== 0) throw new RangeError(`"${text}" is not a whole number of bytes`);
  const bytes = Number(whole) * unitBytes + scaled / scale;
  if (!Number.isSafeInteger(bytes)) throw new RangeError(`"${text}" is too large: at most 2^53 - 1 bytes`);
  return bytes;
}

/** Writes whole bytes in the largest binary unit that divides them: 65536 is `64KiB`, 1000 is `1000B`. */
export function formatSize(bytes: number): string {
  for (const unit of ["TiB", "GiB", "MiB", "KiB"] as const) {
    if (bytes > 0 && bytes % UNITS_BYTES[unit] === 0) return `${bytes / UNITS_BYTES[unit]}${unit}`;
  }
  return `${bytes}B`;
}
