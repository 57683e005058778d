import { isFproxy } from "./rivals/fproxy.ts";
import type { Rival, Suite } from "./suite.ts";

/** Which other variants of each fproxy are measured beside it. */
export interface Variants {
  /** Folder of the checkout before a change; null for none. */
  readonly before: string | null;
  /** Whether one is measured that keeps nothing and that nobody looks at, and one that is watched. */
  readonly watched: boolean;
}

/** Names that the variants of a rival may have. */
export function variantNames(rival: string): Record<"before" | "silent" | "watched", string> {
  return { before: `${rival}-before`, silent: `${rival}-silent`, watched: `${rival}-watched` };
}

/**
 * Suites in which each fproxy is followed by variants of itself: what a change costs, and what watching costs, shows only
 * within one run. An earlier version is compared with this one, the watched with the silent one. The silent one is compared
 * with the suite's reference, which keeps no log either.
 */
export function withVariants(suites: readonly Suite[], variants: Variants): Suite[] {
  return suites.map((suite) => ({
    ...suite,
    rivals: suite.rivals.flatMap((rival) => [rival, ...variantsOf(rival, variants)]),
  }));
}

function variantsOf(rival: Rival, { before, watched }: Variants): Rival[] {
  if (!isFproxy(rival)) return [];
  const names = variantNames(rival.name);
  return [
    ...(before === null ? [] : [rival.before(before, names.before)]),
    ...(watched ? [rival.silent(names.silent), rival.watched(names.watched, names.silent)] : []),
  ];
}
