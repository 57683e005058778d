/**
 * Memory for the tables of all apps, which control makes and data threads read: hash tables, access tables and limit
 * tables. The kernel commits a page when it is first written, so what nobody uses costs address space alone.
 */
export const TABLE_BYTES = 256 * 1024 * 1024;

/** Tables begin at multiples of this, so that they may hold numbers of 8 bytes. */
export const TABLE_ALIGNMENT = 8;

/** Where a table is, as plain data. Its first word (`Int32`) is its version. */
export interface TableRef {
  /** Of its first byte, a multiple of {@link TABLE_ALIGNMENT}. */
  readonly offset: number;
  /** Number of this table: memory that became another's has another number. */
  readonly version: number;
}
