import type { Suite } from "./suite.ts";
import { beforeOf } from "./rivals/fproxy.ts";

/** Name of the rival that an earlier version of this one is. */
export function beforeName(rival: string): string {
  return `${rival}-before`;
}

/**
 * Suites in which each fproxy is followed by an earlier version of itself, which is compared with it: what a change costs
 * shows only within one run.
 * @param program folder of the checkout before the change.
 */
export function withBefore(suites: readonly Suite[], program: string): Suite[] {
  return suites.map((suite) => ({
    ...suite,
    rivals: suite.rivals.flatMap((rival) => {
      const before = beforeOf(rival, program, beforeName(rival.name));
      return before === null ? [rival] : [rival, before];
    }),
  }));
}
