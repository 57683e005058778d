import type { JSX } from "preact";
import type { Severity } from "../pure/reasons.ts";

const SHAPES: Readonly<Record<Severity, string>> = {
  // A cross, a triangle with a bar, a pause sign, a tick: told apart without colours.
  bad: "M3 3l10 10M13 3L3 13",
  warn: "M8 2.5L14.5 13.5H1.5ZM8 6.5v3.5M8 11.6v.6",
  planned: "M5.5 3.5v9M10.5 3.5v9",
  well: "M2.5 8.5l4 4 7-9",
};

const NAMES: Readonly<Record<Severity, string>> = {
  bad: "fails",
  warn: "doubtful",
  planned: "planned",
  well: "well",
};

/** A sign for how bad something is. What stands beside it says the same in words, unless it `speaks`. */
export function Mark({ severity, speaks = false }: { severity: Severity; speaks?: boolean }): JSX.Element {
  const label = speaks ? { role: "img" as const, "aria-label": NAMES[severity] } : { "aria-hidden": true };
  return (
    <svg class={`mark mark-${severity}`} viewBox="0 0 16 16" {...label}>
      <path d={SHAPES[severity]} />
    </svg>
  );
}

/** A sign and a word. */
export function State({ severity, text }: { severity: Severity; text: string }): JSX.Element {
  return (
    <span class={`state state-${severity}`}>
      <Mark severity={severity} />
      {text}
    </span>
  );
}
