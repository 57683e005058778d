import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ask, failureText, request } from "../../api/client.ts";
import type { ConfigText, RunningConfig } from "../../api/rollouts.ts";
import { Empty, Notice } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { who } from "../../state/who.ts";
import { ConfigEditor } from "./config_editor.tsx";

/** The config: its text to be changed, or for those who only read what is in force. */
export function ConfigPage(): JSX.Element {
  const running = useSignal<RunningConfig | null>(null);
  const text = useSignal<ConfigText | null>(null);
  const failure = useSignal<string | null>(null);
  const refusal = who.value?.read_only_because ?? null;
  const load = async (): Promise<void> => {
    failure.value = null;
    try {
      running.value = await ask<RunningConfig>("/api/v1/config");
      if (who.value === null || refusal !== null) return;
      const answer = await request("/api/v1/config/text");
      text.value = { text: await answer.text(), etag: answer.headers.get("etag") ?? "" };
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  useEffect(() => void load(), [who.value]);
  return (
    <>
      <h1>Config</h1>
      {failure.value === null ? null : <Notice severity="warn" live>{failure.value}</Notice>}
      {refusal === null
        ? null
        : <Notice severity="planned">The text, which has secrets, is not shown: {refusal}</Notice>}
      {text.value !== null && running.value !== null
        ? <ConfigEditor key={text.value.etag} before={text.value} running={running.value} reload={load} />
        : running.value === null
        ? failure.value === null ? <Empty>Loading …</Empty> : null
        : <InForce running={running.value} />}
    </>
  );
}

function InForce({ running: { config, source } }: { running: RunningConfig }): JSX.Element {
  return (
    <Panel title={`In force, from ${source}: every default written out, secrets redacted`}>
      <pre class="diff" tabIndex={0} aria-label="The config in force">{JSON.stringify(config, null, 2)}</pre>
    </Panel>
  );
}
