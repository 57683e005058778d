/** A node, and the leader, that says nothing for so long is gone; milliseconds. The store forgets it by its own clock. */
export const LEASE_MS = 10_000;
/** They say that they are there this often. */
export const RENEWAL_MS = 3_000;
