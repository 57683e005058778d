import assert from "node:assert/strict";
import type * as z from "zod";
import type { wholeAppView } from "../../../src/control/admin/api/schemas/app.ts";
import type { diagnosticView } from "../../../src/control/admin/api/schemas/diagnostic.ts";
import type { StatusView } from "../../../src/control/admin/api/status.ts";
import type { RegionPicture } from "../../../src/model/region_picture.ts";
import type { Region, RegionMembership } from "../../../src/dashboard/api/region.ts";
import type { WholeRollout as WholeRolloutView } from "../../../src/control/admin/api/schemas/rollout.ts";
import type { SessionView } from "../../../src/control/admin/api/sessions.ts";
import type { TargetView } from "../../../src/control/admin/api/schemas/target.ts";
import type { Validation as ValidationView } from "../../../src/control/admin/api/config.ts";
import type { WhyView } from "../../../src/control/admin/api/schemas/why.ts";
import type { WhoAmIView } from "../../../src/control/admin/api/whoami.ts";
import type { Sample as SampleView } from "../../../src/control/telemetry/samples/sample.ts";
import type { Validation, WholeRollout } from "../../../src/dashboard/api/rollouts.ts";
import type {
  Diagnostic,
  Sample,
  Session,
  Target,
  WhoAmI,
  WholeApp,
} from "../../../src/dashboard/api/types.ts";
import type { WhyStory } from "../../../src/dashboard/api/why.ts";

/** What the compiler lets through the dashboard can read. */
const READERS = {
  app: (view: z.output<typeof wholeAppView>): WholeApp => view,
  diagnostic: (view: z.output<typeof diagnosticView>): Diagnostic => view,
  region: (view: RegionPicture): Region => view,
  membership: (view: StatusView): RegionMembership => view,
  rollout: (view: WholeRolloutView): WholeRollout => view,
  sample: (view: SampleView): Sample => view,
  session: (view: SessionView): Session => view,
  target: (view: TargetView): Target => view,
  validation: (view: ValidationView): Validation => view,
  who: (view: WhoAmIView): WhoAmI => view,
  why: (view: WhyView): WhyStory => view,
};

Deno.test("the API answers what the dashboard reads: the compiler says so", () => {
  assert.equal(Object.keys(READERS).length, 11);
});
