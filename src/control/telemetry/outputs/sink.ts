import type { ByteWriter } from "../../../base/output_queue.ts";

/** A place that lines are written to. */
export interface Sink extends ByteWriter {
  /** Closes the place. A write under way is given up, and fails. Twice is harmless. */
  close(): void;
  /**
   * Opens the file of that name anew; only files have it.
   * @throws when it cannot be opened; then the old one stays.
   */
  reopen?(): Promise<void>;
}

/** Who hears how a place does. */
export interface SinkReports {
  /** Something could not be written; it is tried again. */
  failed(error: unknown): void;
  /** Something was written. */
  worked(): void;
  /** A full file could not be renamed; it grows on. */
  notRotated(error: unknown): void;
}
