import type { JSX } from "preact";
import type { WhyStory } from "../../api/why.ts";
import { formatBytes, formatDateTime, formatMs, NOTHING } from "../../base/format.ts";
import { State } from "../../parts/mark.tsx";
import { Empty, Notice } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { writeAddress } from "../../pure/address.ts";
import { isError, words } from "../../pure/reasons.ts";
import { storySteps } from "../../pure/story.ts";
import { usePolled } from "../../state/use_polled.ts";

/** The story of one session or request, from its accept to its end. */
export function WhyPage({ id }: { id: string }): JSX.Element {
  const { value, failure } = usePolled<WhyStory>(`/api/v1/why/${encodeURIComponent(id)}`, Infinity);
  if (value === null) {
    return failure === null
      ? <Empty>Asking the data threads …</Empty>
      : <Notice severity="warn" live>{failure}</Notice>;
  }
  const { app, client, listener, target, close_reason, open } = { target: targetOf(value), ...value };
  return (
    <>
      <section class="app-head">
        <h1>Session {id}</h1>
        {open ? <State severity="planned" text="still open" /> : (
          <State
            severity={isError(close_reason ?? "") ? "bad" : "well"}
            text={words(close_reason ?? "")}
          />
        )}
        <dl class="facts">
          <div>
            <dt>App</dt>
            <dd>
              <a href={writeAddress({ type: "app", app })}>{app}</a>
            </dd>
          </div>
          <div>
            <dt>Client</dt>
            <dd>{client} to {listener}</dd>
          </div>
          <div>
            <dt>Target</dt>
            <dd>{target ?? NOTHING}</dd>
          </div>
          <div>
            <dt>Began</dt>
            <dd>{formatDateTime(value.started_at)}</dd>
          </div>
          <div>
            <dt>Took</dt>
            <dd>{formatMs(value.duration_ms)}</dd>
          </div>
          <div>
            <dt>Bytes in · out</dt>
            <dd>{formatBytes(value.bytes_in)} · {formatBytes(value.bytes_out)}</dd>
          </div>
        </dl>
      </section>
      <Panel title="What happened">
        <ol class="story">
          {storySteps(value).map(({ at, severity, text }, index) => (
            <li key={index}>
              <span class="story-time">{at === null ? "" : `+${formatMs(at)}`}</span>
              <State severity={severity} text={text} />
            </li>
          ))}
        </ol>
      </Panel>
    </>
  );
}

function targetOf({ candidates, attempts }: WhyStory): string | null {
  return candidates.find(({ taken }) => taken)?.target ??
    attempts.find(({ result }) => result === "connected")?.target ?? null;
}
