import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** A part of a page, with a heading of its own. */
export function Panel(
  { title, side, children, kind = "" }: {
    title: string;
    side?: ComponentChildren;
    children: ComponentChildren;
    kind?: string;
  },
): JSX.Element {
  const id = useId();
  return (
    <section class={`panel ${kind}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {side}
      </header>
      {children}
    </section>
  );
}
