/** Which rows of a long list are there. */
export interface VirtualWindow {
  /** First row that is rendered. */
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
  /** Where the first stands, pixels from the top of the list. */
  readonly offset: number;
  /** Height of the whole list, pixels. */
  readonly height: number;
}

/** Where somebody looks. */
export interface Viewport {
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly height: number;
}

/**
 * The rows that can be seen, and some on either side, for scrolling to show no gap.
 * @param rowHeight pixels, the same for all rows.
 */
export function virtualWindow(
  count: number,
  rowHeight: number,
  { top, height }: Viewport,
  overscan = 6,
): VirtualWindow {
  const seen = Math.ceil(height / rowHeight) + 1;
  const from = Math.floor(Math.max(0, top) / rowHeight);
  const first = Math.min(Math.max(0, from - overscan), Math.max(0, count - seen));
  const end = Math.min(count, from + seen + overscan);
  return { first, end: Math.max(first, end), offset: first * rowHeight, height: count * rowHeight };
}

/** Where to scroll for a row to be seen whole; as it is where it is already. */
export function scrollTo(row: number, rowHeight: number, { top, height }: Viewport): number {
  const begin = row * rowHeight;
  if (begin < top) return begin;
  return begin + rowHeight > top + height ? begin + rowHeight - height : top;
}
