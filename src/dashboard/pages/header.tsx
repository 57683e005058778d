import type { JSX } from "preact";
import type { RegionMembership } from "../api/region.ts";
import { State } from "../parts/mark.tsx";
import { type Page, writeAddress } from "../pure/address.ts";
import { plural } from "../base/format.ts";
import { apps, link, proxy, seeSamples } from "../state/samples.ts";
import { severityOf } from "../pure/reasons.ts";
import { nextTheme, theme } from "../state/theme.ts";
import { usePolled } from "../state/use_polled.ts";
import { isLoggedIn, logOut, who } from "../state/who.ts";

/** Where one is, where one can go, and how the proxy is, on every page. */
export function Header({ page }: { page: Page }): JSX.Element {
  // Whether there is a region stands in the config.
  const version = String(proxy.value?.revision ?? "");
  const { value: status } = usePolled<RegionMembership>("/api/v1/status", Infinity, version);
  const hasRegion = status?.region !== null && status?.region !== undefined;
  const tab = (to: Page, name: string, isHere: boolean): JSX.Element => (
    <a href={writeAddress(to)} aria-current={isHere ? "page" : undefined}>{name}</a>
  );
  return (
    <header class="top">
      <a class="brand" href={writeAddress({ type: "overview" })}>fproxy</a>
      <nav aria-label="Pages">
        {tab({ type: "overview" }, "Overview", page.type === "overview" || page.type === "app")}
        {hasRegion ? tab({ type: "region" }, "Region", page.type === "region") : null}
        {tab({ type: "rollouts" }, "Rollouts", page.type === "rollouts" || page.type === "rollout")}
        {tab({ type: "config" }, "Config", page.type === "config")}
      </nav>
      <ProxyState />
      <span class="top-space" />
      <Who />
      <button type="button" class="quiet" onClick={nextTheme} title="Change the colours">
        <span class="hide-narrow">Colours:</span> {theme.value}
      </button>
    </header>
  );
}

function ProxyState(): JSX.Element | null {
  seeSamples();
  if (proxy.value === null) return null;
  let [sick, bad] = [0, 0];
  for (const app of apps.values()) {
    const severity = severityOf(app);
    if (severity === "bad") bad++;
    if (severity === "bad" || severity === "warn") sick++;
  }
  const text = sick === 0
    ? `${plural(apps.size, "app")}, all well`
    : `${sick} of ${plural(apps.size, "app")} not well`;
  return (
    <span class={link.value.type === "lost" ? "stale" : ""}>
      <State severity={bad > 0 ? "bad" : sick > 0 ? "warn" : "well"} text={text} />
      <span class="muted hide-narrow">config {proxy.value.revision}</span>
    </span>
  );
}

function Who(): JSX.Element | null {
  const { value } = who;
  if (value === null) return null;
  const may = value.read_only_because === null ? "may change things" : "reads only";
  return (
    <span class="who">
      <span class="muted hide-narrow" title={value.read_only_because ?? ""}>
        {value.name === null ? may : `${value.name}, ${may}`}
      </span>
      {isLoggedIn() ? <button type="button" class="quiet" onClick={logOut}>Log out</button> : null}
    </span>
  );
}
