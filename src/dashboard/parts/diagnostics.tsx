import type { JSX } from "preact";
import type { Diagnostic } from "../api/types.ts";
import { Mark } from "./mark.tsx";

/** Mistakes and doubts, each with its place. @param onPlace goes there; without it places are text. */
export function Diagnostics(
  { all, onPlace }: { all: readonly Diagnostic[]; onPlace?: (diagnostic: Diagnostic) => void },
): JSX.Element {
  return (
    <ul class="diagnostics">
      {all.map((one, index) => (
        <li key={index} class={`diagnostic diagnostic-${one.severity}`}>
          <Mark severity={one.severity === "error" ? "bad" : "warn"} speaks />
          <PlaceOf diagnostic={one} onPlace={onPlace} />
          <span>
            {one.message}
            {one.hints.map((hint) => <small key={hint} class="muted">{hint}</small>)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function PlaceOf(
  { diagnostic, onPlace }: { diagnostic: Diagnostic; onPlace: ((one: Diagnostic) => void) | undefined },
): JSX.Element | null {
  const { place } = diagnostic;
  if (place === null) return null;
  const text = `line ${place.line}:${place.column}`;
  if (onPlace === undefined) return <span class="muted">{text}</span>;
  return <button type="button" class="link-button" onClick={() => onPlace(diagnostic)}>{text}</button>;
}
