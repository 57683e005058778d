import type { JSX } from "preact";
import { address, choose } from "../../state/location.ts";
import { AccessTab } from "./access_tab.tsx";
import { EventsTab } from "./events_tab.tsx";
import { SessionsTab } from "./sessions_tab.tsx";

const TABS = [["access", "Access records"], ["sessions", "Open sessions"], ["events", "Events"]] as const;

/** What is looked at one at a time: each tab follows or asks only while it is open. */
export function AppTabs({ app, isHttp }: { app: string; isHttp: boolean }): JSX.Element {
  const asked = address.value.query["tab"];
  const open = TABS.find(([name]) => name === asked)?.[0] ?? "access";
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = TABS.findIndex(([name]) => name === open);
    const next = TABS[(at + step + TABS.length) % TABS.length];
    if (next === undefined) return;
    choose({ tab: next[0] });
    document.getElementById(`tab-${next[0]}`)?.focus();
  };
  return (
    <section class="panel" aria-label="Details">
      <div class="tabs" role="tablist" aria-label="Details" onKeyDown={onKeyDown}>
        {TABS.map(([name, title]) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === open}
            aria-controls="tab-panel"
            tabIndex={name === open ? 0 : -1}
            onClick={() => choose({ tab: name })}
          >
            {title}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${open}`}>
        {open === "access" ? <AccessTab app={app} isHttp={isHttp} /> : null}
        {open === "sessions" ? <SessionsTab app={app} /> : null}
        {open === "events" ? <EventsTab app={app} /> : null}
      </div>
    </section>
  );
}
