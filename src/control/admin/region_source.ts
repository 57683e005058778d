import type { RegionPicture } from "../../model/region_picture.ts";

/** What is known of the region at a moment. */
export interface RegionLook {
  /** As it was when its store answered last; null before the first time. */
  readonly picture: RegionPicture | null;
  /** The same as JSON, made once for all who look; empty without. */
  readonly json: string;
  /** Milliseconds since then; null before the first time. */
  readonly ageMs: number | null;
  /** Why the store cannot be asked now; empty while it answers. */
  readonly trouble: string;
}

/** Somebody who follows the region. */
export interface RegionFollower {
  /**
   * What is known, once something is; then each time that it is another, or after a while in which it was not. Null once
   * there is nothing to follow any more. One call at a time.
   */
  next(): Promise<RegionLook | null>;
  /** Follows no more. Twice is harmless. */
  close(): void;
}

/** The region that this proxy is part of, for those who ask. Nothing is followed while nobody does. */
export interface RegionSource {
  /** Names of the region and of this proxy in it; null where the config names none. */
  readonly membership: { readonly region: string; readonly node: string } | null;
  /** Null where there is no region. */
  follow(): RegionFollower | null;
}
