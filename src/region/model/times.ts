/** A node, and the leader, that says nothing for so long is gone; milliseconds. The store forgets it by its own clock. */
export const LEASE_MS = 10_000;
/** They say that they are there this often. */
export const RENEWAL_MS = 3_000;
/** So long nothing is heard of any node: then it is the store that is not heard, though it may answer. */
export const GAP_MS = 2 * RENEWAL_MS;
/** Nodes tell what they have to do this often, ... */
export const LOAD_MS = 5_000;
/** ... and less often where it is so much that they would tell more than this, in bytes a second. */
export const MOST_LOAD_BYTES = 2_048;
/** Control looks whether there are as many nodes as are needed this often. */
export const PROVISION_MS = 5_000;
/** Control looks whether apps have as many replicas as they need this often. */
export const SCALE_MS = 15_000;
