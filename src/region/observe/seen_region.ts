import type { AppDocument } from "../model/app_document.ts";
import type {
  AssignmentDocument,
  OverrideDocument,
  RolloutDocument,
  ScaleDocument,
  StateDocument,
} from "../model/documents.ts";
import type { Stored } from "../store/bucket.ts";
import type { ViewedFront, ViewedNode } from "../view/region_view.ts";

/** All that a picture of a region is made of. */
export interface SeenRegion {
  /** Its name. */
  readonly region: string;
  /** The control that leads; null where none does. */
  readonly leader: string | null;
  readonly apps: ReadonlyMap<string, Pick<Stored<AppDocument>, "value" | "problem" | "revision">>;
  readonly nodes: ReadonlyMap<string, ViewedNode>;
  /** By node. */
  readonly assignments: ReadonlyMap<string, Pick<Stored<AssignmentDocument>, "value">>;
  /** By app. */
  readonly rollouts: ReadonlyMap<string, Pick<Stored<RolloutDocument>, "value" | "at">>;
  /** By app. */
  readonly scales: ReadonlyMap<string, Pick<Stored<ScaleDocument>, "value" | "at">>;
  /** By node. */
  readonly overrides: ReadonlyMap<string, OverrideDocument>;
  readonly fronts: ReadonlyMap<string, ViewedFront>;
  /** What a node said last of an app since its program started; null where it said nothing. */
  stateOf(node: string, app: string): StateDocument | null;
}
