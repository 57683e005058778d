import { untracked, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { withQuery } from "../api/client.ts";
import { isTokenAsked, token } from "../api/token.ts";
import type { Sample } from "../api/types.ts";
import type { Page } from "../pure/address.ts";
import { address } from "../state/location.ts";
import { takeLink, takeSample } from "../state/samples.ts";
import { useStream } from "../state/use_stream.ts";
import { findWho } from "../state/who.ts";
import { Header } from "./header.tsx";
import { LinkBar } from "./link_bar.tsx";
import { Login } from "./login.tsx";
import { PageOf } from "./page_of.tsx";

/** Samples a second: 2. */
const INTERVAL = "500ms";

/** The dashboard: what is on every page, and the page that the address names. */
export function DashboardFrame(): JSX.Element {
  const { page } = address.value;
  const app = page.type === "app" ? page.app : "";
  const stream = useStream(withQuery("/api/v1/samples", { interval: INTERVAL, app: encodeList(app) }), {
    onMessage: (event, data) => {
      if (event === "sample") takeSample(data as Sample);
    },
    onState: takeLink,
  });
  useSignalEffect(() => {
    void token.value;
    untracked(() => void findWho());
  });
  useEffect(() => {
    document.title = titleOf(page);
    document.getElementById("content")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [JSON.stringify(page)]);
  if (isTokenAsked.value) return <Login />;
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>To the content</a>
      <Header page={page} />
      <LinkBar retry={() => stream.current?.retry()} />
      <main id="content" tabIndex={-1}>
        <PageOf page={page} />
      </main>
    </>
  );
}

/** The address is taken by what is shown. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

/** A list of one: names may have commas in them, and are then no list. */
function encodeList(app: string): string {
  return app.includes(",") ? "" : app;
}

function titleOf(page: Page): string {
  switch (page.type) {
    case "app":
      return `${page.app} · fproxy`;
    case "rollouts":
      return "Rollouts · fproxy";
    case "rollout":
      return `Rollout ${page.number} · fproxy`;
    case "config":
      return "Config · fproxy";
    case "region":
      return "Region · fproxy";
    case "why":
      return `Session ${page.id} · fproxy`;
    default:
      return "fproxy";
  }
}
