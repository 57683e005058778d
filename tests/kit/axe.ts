import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe-core finds wrong with a page, and where. */
export interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly places: readonly string[];
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Has a page looked at, as people who cannot see or point meet it. Only what is serious or worse is told. */
export async function axeFindings(page: Page): Promise<AxeFinding[]> {
  // Through the debugger: the policy of the page lets no foreign script in.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate("axe.run(document)") as AxeResults;
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map((one) => ({
    id: one.id,
    impact: one.impact ?? "",
    places: one.nodes.map(({ html, failureSummary = "" }) => `${html.slice(0, 200)} ${failureSummary}`),
  }));
}
