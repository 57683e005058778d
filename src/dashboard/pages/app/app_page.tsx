import type { JSX } from "preact";
import { appPath } from "../../api/client.ts";
import type { WholeApp } from "../../api/types.ts";
import { wallTime } from "../../base/clock.ts";
import { State } from "../../parts/mark.tsx";
import { Notice } from "../../parts/notice.tsx";
import { TrackCharts } from "../../parts/track_charts.tsx";
import { type AppNow, appReasons, severityOf } from "../../pure/reasons.ts";
import { writeAddress } from "../../pure/address.ts";
import { apps, details, proxy, seeSamples, trackOf } from "../../state/samples.ts";
import { usePolled } from "../../state/use_polled.ts";
import { AppTabs } from "./app_tabs.tsx";
import { FlowPanel } from "./flow_panel.tsx";
import { Targets } from "./targets.tsx";

const POLL_MS = 2000;
const MAX_REASONS = 8;

/** All about one app. */
export function AppPage({ app: name }: { app: string }): JSX.Element {
  seeSamples();
  const sample = apps.get(name);
  const now = details.value[name];
  // A change that samples show is asked about at once.
  const version =
    Object.values(now?.targets ?? {}).map(({ health, admin, weight, available }) =>
      `${health}${admin}${weight}${available}`
    ).join() + (sample?.state ?? "");
  const { value, failure, refresh } = usePolled<WholeApp>(appPath(name), POLL_MS, version);
  if (proxy.value !== null && sample === undefined && value === null) {
    return (
      <Notice severity="warn">
        There is no app {name}
        {failure === null ? "" : `: ${failure}`}.{" "}
        <a href={writeAddress({ type: "overview" })}>To the overview</a>
      </Notice>
    );
  }
  return (
    <>
      <AppHead name={name} app={value} sample={sample} />
      {failure === null ? null : <Notice severity="warn" live>{failure}</Notice>}
      <FlowPanel app={name} details={now} />
      {value === null ? null : (
        <Targets
          app={name}
          targets={value.targets}
          samples={now?.targets ?? {}}
          refresh={refresh}
        />
      )}
      <TrackCharts title="Traffic" track={trackOf(name)} hasRequests={sample?.mode === "http"} />
      <AppTabs app={name} isHttp={sample?.mode === "http"} />
    </>
  );
}

function AppHead(
  { name, app, sample }: { name: string; app: WholeApp | null; sample: AppNow | undefined },
): JSX.Element {
  const reasons = app === null ? [] : appReasons(app, sample, details.value[name], wallTime());
  const severity = sample === undefined ? "planned" : severityOf(sample);
  return (
    <section class="app-head">
      <h1>{name}</h1>
      <State severity={severity} text={sample?.state ?? app?.state ?? "…"} />
      {app === null ? null : (
        <dl class="facts">
          <Fact name="Targets" value={`${app.available} of ${app.targets_total} available`} />
          <Fact name="Mode" value={sample?.mode ?? "…"} />
          <Fact name="Strategy" value={app.strategy} />
          <Fact name="Engine" value={app.engine} />
          <Fact name="Config" value={String(app.revision)} />
        </dl>
      )}
      {reasons.length === 0 ? null : (
        <ul class="reasons" aria-label="What is not as it should be">
          {reasons.slice(0, MAX_REASONS).map(({ severity, text }) => (
            <li key={text}>
              <State severity={severity} text={text} />
            </li>
          ))}
          {reasons.length > MAX_REASONS
            ? <li class="muted">and {reasons.length - MAX_REASONS} more</li>
            : null}
        </ul>
      )}
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
