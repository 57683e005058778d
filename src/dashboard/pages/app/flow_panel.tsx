import type { JSX } from "preact";
import type { AppDetails } from "../../api/types.ts";
import { Choice } from "../../parts/choice.tsx";
import { FlowPicture } from "../../parts/flow_picture.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { flowGraph, type FlowMeasure } from "../../pure/flow_graph.ts";
import { address, choose } from "../../state/location.ts";

/** Listeners, app and targets, with what flows between them. */
export function FlowPanel({ app, details }: { app: string; details: AppDetails | undefined }): JSX.Element {
  const measure: FlowMeasure = address.value.query["flow"] === "rate" ? "rate" : "active";
  return (
    <Panel
      title="Flow"
      side={
        <Choice
          label="The width of a flow shows"
          options={[["active", "open connections"], ["rate", "new a second"]]}
          chosen={measure}
          onChoose={(flow) => choose({ flow: flow === "active" ? "" : flow })}
        />
      }
    >
      {details === undefined
        ? <Empty>Waiting for the next sample …</Empty>
        : <FlowPicture app={app} graph={flowGraph(details, measure)} measure={measure} />}
    </Panel>
  );
}
