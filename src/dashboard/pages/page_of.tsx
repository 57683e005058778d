import type { JSX } from "preact";
import { Notice } from "../parts/notice.tsx";
import { type Page, writeAddress } from "../pure/address.ts";
import { AppPage } from "./app/app_page.tsx";
import { ConfigPage } from "./config/config_page.tsx";
import { OverviewPage } from "./overview/overview_page.tsx";
import { RegionPage } from "./region/region_page.tsx";
import { RolloutPage } from "./rollouts/rollout_page.tsx";
import { RolloutsPage } from "./rollouts/rollouts_page.tsx";
import { WhyPage } from "./why/why_page.tsx";

/** The page that an address names. */
export function PageOf({ page }: { page: Page }): JSX.Element {
  switch (page.type) {
    case "overview":
      return <OverviewPage />;
    case "app":
      return <AppPage key={page.app} app={page.app} />;
    case "rollouts":
      return <RolloutsPage />;
    case "rollout":
      return <RolloutPage key={page.number} number={page.number} />;
    case "config":
      return <ConfigPage />;
    case "region":
      return <RegionPage />;
    case "why":
      return <WhyPage key={page.id} id={page.id} />;
    case "unknown":
      return (
        <Notice severity="warn">
          There is no page {page.path}. <a href={writeAddress({ type: "overview" })}>To the overview</a>
        </Notice>
      );
  }
}
