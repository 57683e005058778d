import assert from "node:assert/strict";
import type { ByteWriter } from "../../src/base/output_queue.ts";

/** A writer whose writes the test ends. */
export class SlowWriter implements ByteWriter {
  /** Everything that was taken. */
  written = "";
  isClosed = false;
  #pending: { bytes: Uint8Array; resolve: (count: number) => void; reject: (error: Error) => void } | null =
    null;

  write(bytes: Uint8Array): Promise<number> {
    assert.equal(this.#pending, null, "one write at a time");
    assert.equal(this.isClosed, false, "no write after close");
    return new Promise((resolve, reject) => this.#pending = { bytes, resolve, reject });
  }

  close(): void {
    this.isClosed = true;
  }

  /** Ends the write under way. @param count bytes that are taken of it. @returns what was taken. */
  async take(count = Infinity): Promise<string> {
    const pending = this.#pending;
    this.#pending = null;
    const taken = pending?.bytes.subarray(0, count) ?? new Uint8Array(0);
    const text = new TextDecoder().decode(taken);
    this.written += text;
    pending?.resolve(taken.length);
    await settle();
    return text;
  }

  /** Has the write under way fail. */
  async fail(message: string): Promise<void> {
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(new Error(message));
    await settle();
  }
}

/** Lets promise callbacks run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
