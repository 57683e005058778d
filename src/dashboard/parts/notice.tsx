import type { ComponentChildren, JSX } from "preact";
import type { Severity } from "../pure/reasons.ts";
import { Mark } from "./mark.tsx";

/** A sentence that somebody has to see, and what can be done. */
export function Notice(
  { severity, children, live = false }: { severity: Severity; children: ComponentChildren; live?: boolean },
): JSX.Element {
  return (
    <div class={`notice notice-${severity}`} {...live ? { role: "status" as const } : {}}>
      <Mark severity={severity} speaks />
      <div>{children}</div>
    </div>
  );
}

/** What stands where a list has no entries. */
export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}
