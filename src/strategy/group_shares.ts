/**
 * How load is shared among groups of targets, as Envoy's priority levels do: each group could take as much of all load as
 * is well of it, times the overprovisioning factor; the first takes what it can, the next what is left, and so on. Where
 * all together could not take everything, all take more, by what they could.
 * @param well targets of each group that can be given sessions.
 * @param all targets of each group.
 * @param factor at least 1: with 1.4 a group takes all of its load until less than 1 / 1.4 = 71 % of it is well.
 * @returns of each group the share of load up to and with it; the last that has any reaches 1, and all are 0 where none is
 * well.
 */
export function groupShares(well: readonly number[], all: readonly number[], factor: number): number[] {
  const could = well.map((count, group) => count === 0 ? 0 : Math.min(1, factor * count / all[group]!));
  const total = Math.min(1, could.reduce((sum, one) => sum + one, 0));
  let taken = 0;
  const ends = could.map((one) => taken = total === 0 ? 0 : Math.min(1, taken + one / total));
  // Sums of fractions may end a little below 1.
  const last = could.findLastIndex((one) => one > 0);
  return ends.map((end, group) => last >= 0 && group >= last ? 1 : end);
}
