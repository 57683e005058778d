/** How a proxy stands with its region, as it tells by metrics. */
export interface RegionStanding {
  readonly region: string;
  readonly node: string;
  /** Whether the store answered when it was asked last. */
  readonly isLinked: boolean;
  /** How often the connection to the store was lost. */
  readonly lostLinks: number;
  /** Of the last leader that it obeyed; 0 for none. */
  readonly epoch: number;
  /** How many apps of the region it carries, by how they are. */
  readonly apps: Readonly<Record<string, number>>;
  /** For a front: app → how many replicas it sends connections to. */
  readonly uses: Readonly<Record<string, number>>;
}
