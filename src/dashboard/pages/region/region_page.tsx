import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Region, RegionUnreachable } from "../../api/region.ts";
import { formatSpan } from "../../base/format.ts";
import { Empty, Notice } from "../../parts/notice.tsx";
import { readGridView, zonesOf } from "../../pure/region_grid.ts";
import { address } from "../../state/location.ts";
import { useStream } from "../../state/use_stream.ts";
import { ChosenApp } from "./chosen_app.tsx";
import { FrontsPanel } from "./fronts_panel.tsx";
import { GridPanel } from "./grid_panel.tsx";
import { NodesPanel } from "./nodes_panel.tsx";
import { RegionHead } from "./region_head.tsx";
import { RolloutsPanel } from "./rollouts_panel.tsx";
import { ScalesPanel } from "./scales_panel.tsx";

/** The region that this proxy is part of: who leads, nodes, apps, how each is on each, and what changes. */
export function RegionPage(): JSX.Element {
  const region = useSignal<Region | null>(null);
  const trouble = useSignal<RegionUnreachable | null>(null);
  const refusal = useSignal("");
  useStream("/api/v1/region/stream", {
    onMessage: (event, data) => {
      if (event === "region") {
        region.value = data as Region;
        trouble.value = null;
      } else if (event === "unreachable") trouble.value = data as RegionUnreachable;
    },
    onState: (state) => refusal.value = state.type === "refused" ? state.why : "",
  });
  const { value } = region;
  return (
    <>
      {refusal.value === "" ? null : <Notice severity="warn" live>{refusal.value}</Notice>}
      {trouble.value === null ? null : <Unreachable trouble={trouble.value} />}
      {value === null
        ? <Loading isWaiting={refusal.value === "" && trouble.value === null} />
        : (
          <div class={trouble.value === null ? "region" : "region region-old"}>
            <Parts region={value} />
          </div>
        )}
    </>
  );
}

function Loading({ isWaiting }: { isWaiting: boolean }): JSX.Element {
  return (
    <>
      <h1>Region</h1>
      {isWaiting ? <Empty>Reading the store of the region …</Empty> : null}
    </>
  );
}

function Unreachable({ trouble: { reason, age_ms } }: { trouble: RegionUnreachable }): JSX.Element {
  return (
    <Notice severity="bad" live>
      The store of the region does not answer: {reason}. Apps are served as before.
      {age_ms === null ? "" : ` What is shown is as it was ${formatSpan(age_ms)} ago.`}
    </Notice>
  );
}

function Parts({ region }: { region: Region }): JSX.Element {
  const view = readGridView(address.value.query);
  const zones = zonesOf(region.nodes);
  const chosen = region.apps.find(({ name }) => name === view.app);
  return (
    <>
      <RegionHead region={region} />
      <div class="region-top">
        <NodesPanel zones={zones} chosen={view.node} />
        <RolloutsPanel apps={region.apps} />
      </div>
      <GridPanel region={region} zones={zones} view={view} />
      {chosen === undefined ? null : <ChosenApp app={chosen} />}
      <ScalesPanel apps={region.apps} />
      <FrontsPanel fronts={region.fronts} />
    </>
  );
}
