/** By keys from row to row of a list of which not all rows are in the page. Rows have their number in `data-row`. */

/** Number of the row that something is in; null where it is in none. */
export function rowOf(target: EventTarget | null): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  return row === null ? null : Number(row.dataset["row"]);
}

/** The row that a key leads to; null where it leads to none. @param page rows that are seen. */
export function nextRow(key: string, at: number, count: number, page: number): number | null {
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? null : Math.min(Math.max(0, to), count - 1);
}

/** Gives the focus to the first link or button of a row, which is rendered with the next frame. */
export function focusSoon(body: HTMLElement, row: number): void {
  requestAnimationFrame(() => {
    body.querySelector<HTMLElement>(`[data-row="${row}"] :is(a, button)`)?.focus({ preventScroll: true });
  });
}
