import { OVERRIDE_PARTS, type OverrideNote } from "../../overrides/override.ts";
import type { Family, Labels, Sample } from "./family.ts";
import { single } from "./families.ts";
import type { Scrape } from "./scrape.ts";

/** What operators said of targets. */
export const OVERRIDE_METRICS: readonly Family[] = [
  {
    type: "gauge",
    name: "fproxy_target_override",
    help: "1 for each part of a target that an operator overrode.",
    labels: ["app", "target", "part"],
    collect: (scrape) => ofEach(scrape, () => 1),
  },
  {
    type: "gauge",
    name: "fproxy_target_override_until_timestamp_seconds",
    help: "When an override ends, since the Unix epoch; those without an end do not have it.",
    labels: ["app", "target", "part"],
    collect: (scrape) => ofEach(scrape, ({ until }) => until === null ? null : until / 1_000),
  },
  single(
    "gauge",
    "fproxy_overrides_kept",
    "Whether overrides are on the disk as they are in force, or need not be, 1 or 0.",
    ({ source: { overrides } }) => Number(overrides.store.error === null),
  ),
];

/** @param read null for no number. Overrides of targets that are gone have none. */
function ofEach(
  { targets, source: { overrides } }: Scrape,
  read: (note: OverrideNote) => number | null,
): Sample[] {
  return targets.flatMap(({ labels }) => {
    const override = overrides.get(labels.app, labels.target);
    return OVERRIDE_PARTS.flatMap((part) => {
      const note = override?.[part] ?? null;
      return note === null ? [] : sample({ ...labels, part }, read(note));
    });
  });
}

function sample(labels: Labels, value: number | null): Sample[] {
  return value === null ? [] : [{ labels, value }];
}
