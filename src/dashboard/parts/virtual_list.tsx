import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { scrollTo, virtualWindow } from "../pure/virtual_window.ts";
import { focusSoon, nextRow, rowOf } from "./row_keys.ts";
import { useNarrow } from "./use_narrow.ts";

/** A table of which only those rows are in the page that can be seen. */
export interface VirtualListProps {
  /** What it is a list of, for those who hear it. */
  readonly label: string;
  /** Cells of the heading. */
  readonly head: readonly ComponentChildren[];
  readonly count: number;
  /** Pixels; on a narrow screen rows are cards. */
  readonly rowHeight: number;
  readonly cardHeight: number;
  /** Most height of the list, pixels. */
  readonly maxHeight: number;
  /** Name of its columns in the style sheet. */
  readonly kind: string;
  readonly keyOf: (index: number) => string;
  readonly row: (index: number) => readonly ComponentChildren[];
  /** Names of columns, which cards show beside the values. */
  readonly names: readonly string[];
}

/** See {@link VirtualListProps}. Arrow keys go from row to row, by the first link in each. */
export function VirtualList(props: VirtualListProps): JSX.Element {
  const { label, head, count, rowHeight, cardHeight, maxHeight, kind, keyOf, row, names } = props;
  const body = useRef<HTMLDivElement>(null);
  const viewport = useSignal({ top: 0, height: maxHeight });
  const isNarrow = useNarrow();
  const height = isNarrow ? cardHeight : rowHeight;
  const seen = virtualWindow(count, height, viewport.value);
  const look = (): void => {
    const { scrollTop = 0, clientHeight = maxHeight } = body.current ?? {};
    viewport.value = { top: scrollTop, height: clientHeight };
  };
  useEffect(look, [count, height]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rowOf(event.target);
    const to = at === null ? null : nextRow(event.key, at, count, Math.floor(viewport.value.height / height));
    if (to === null || body.current === null) return;
    event.preventDefault();
    body.current.scrollTop = scrollTo(to, height, viewport.value);
    look();
    focusSoon(body.current, to);
  };
  return (
    <div class={`list list-${kind}`} role="table" aria-label={label} aria-rowcount={count + 1}>
      <div class="list-head" role="rowgroup">
        <div class="list-row" role="row" aria-rowindex={1}>
          {head.map((cell, index) => <div key={index} role="columnheader">{cell}</div>)}
        </div>
      </div>
      <div
        class="list-body"
        role="rowgroup"
        ref={body}
        onScroll={look}
        onKeyDown={onKeyDown}
        style={{ maxHeight: `${maxHeight}px` }}
        tabIndex={count * height > maxHeight ? 0 : -1}
        aria-label={label}
      >
        <div role="presentation" style={{ height: `${seen.height}px`, position: "relative" }}>
          <div role="presentation" style={{ transform: `translateY(${seen.offset}px)` }}>
            {Array.from({ length: seen.end - seen.first }, (_, at) => {
              const index = seen.first + at;
              return (
                <div
                  class="list-row"
                  role="row"
                  aria-rowindex={index + 2}
                  data-row={index}
                  key={keyOf(index)}
                  style={{ height: `${height}px` }}
                >
                  {row(index).map((cell, column) => (
                    <div key={column} role="cell" data-name={names[column]}>{cell}</div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}
