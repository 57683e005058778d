import type { JSX } from "preact";
import { plural } from "../../base/format.ts";
import { Notice } from "../../parts/notice.tsx";
import { TrackCharts } from "../../parts/track_charts.tsx";
import { apps, proxy, proxyTrack, seeSamples } from "../../state/samples.ts";
import { AppList } from "./app_list.tsx";
import { Attention } from "./attention.tsx";
import { Happenings } from "./happenings.tsx";

/** All apps: which of them are not well and why, what the proxy does, and each app in a line. */
export function OverviewPage(): JSX.Element {
  seeSamples();
  if (proxy.value === null) return <h1 class="only-heard">Overview</h1>;
  return (
    <>
      <h1 class="only-heard">Overview of {plural(apps.size, "app")}</h1>
      <Attention />
      {apps.size === 0
        ? <Notice severity="warn">No app is configured.</Notice>
        : <TrackCharts title="All apps" track={proxyTrack} hasRequests={hasHttp()} />}
      <AppList />
      <Happenings />
    </>
  );
}

function hasHttp(): boolean {
  for (const { mode } of apps.values()) if (mode === "http") return true;
  return false;
}
