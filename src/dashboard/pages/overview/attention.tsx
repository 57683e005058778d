import type { JSX } from "preact";
import { appPath } from "../../api/client.ts";
import type { WholeApp } from "../../api/types.ts";
import { wallTime } from "../../base/clock.ts";
import { Mark } from "../../parts/mark.tsx";
import { writeAddress } from "../../pure/address.ts";
import { orderApps } from "../../pure/app_order.ts";
import { type AppNow, appReasons, type Reason, severityOf, shortReason } from "../../pure/reasons.ts";
import { apps, seeSamples } from "../../state/samples.ts";
import { usePolled } from "../../state/use_polled.ts";

/** Apps that are explained; of more their number is told. */
const MAX_EXPLAINED = 6;
const MAX_REASONS = 2;
const POLL_MS = 2000;

/** The apps that are not well, the worst first, and why. Nothing where all are. */
export function Attention(): JSX.Element | null {
  seeSamples();
  const sick = orderApps(apps, { sort: "attention", text: "", only: "sick" });
  if (sick.length === 0) return null;
  const rest = sick.length - MAX_EXPLAINED;
  return (
    <section class="attention" aria-label="Apps that are not well">
      <ul>
        {sick.slice(0, MAX_EXPLAINED).map((name) => (
          <SickApp
            key={name}
            name={name}
            sample={apps.get(name)}
          />
        ))}
      </ul>
      {rest > 0
        ? (
          <p>
            <a href={writeAddress({ type: "overview" }, { only: "sick" })}>and {rest} more</a>
          </p>
        )
        : null}
    </section>
  );
}

function SickApp({ name, sample }: { name: string; sample: AppNow | undefined }): JSX.Element | null {
  // Another state is asked about at once; the reasons of the same one may change, too.
  const state = sample === undefined ? "" : `${sample.state} ${sample.targets_available}`;
  const { value } = usePolled<WholeApp>(appPath(name), POLL_MS, state);
  if (sample === undefined) return null;
  const severity = severityOf(sample);
  const reasons = value === null ? [] : appReasons(value, sample, undefined, wallTime());
  const shown: readonly Reason[] = reasons.length === 0 ? [{ severity, text: shortReason(sample) }] : reasons;
  return (
    <li class={`sick sick-${severity}`}>
      <Mark severity={severity} />
      <a href={writeAddress({ type: "app", app: name })}>{name}</a>
      <span class="sick-state">{sample.state}</span>
      <span class="sick-why">
        {shown.slice(0, MAX_REASONS).map(({ text }) => <span key={text}>{text}</span>)}
        {shown.length > MAX_REASONS ? <span class="muted">and {shown.length - MAX_REASONS} more</span> : null}
      </span>
    </li>
  );
}
