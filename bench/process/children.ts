import { Child } from "./child.ts";
import type { ChildOptions } from "./child.ts";
import { within } from "./within.ts";

/** All programs that a run has started: none outlives it. */
export class Children {
  /** No more programs can be started: the run is over. */
  isClosed = false;
  readonly #live = new Set<Child>();

  /** Starts a program that runs until it is stopped. @throws {Error} when the run is over. */
  start(options: ChildOptions): Child {
    if (this.isClosed) throw new Error(`${options.name} is not started: the run is over`);
    const child = new Child(options);
    this.#live.add(child);
    child.ended.then(() => {
      this.#live.delete(child);
      if (options.folder !== undefined) removeFolder(options.folder);
    });
    return child;
  }

  /**
   * Runs a program to its end.
   * @returns its standard output.
   * @throws {Error} when it fails, or has not ended in time; then it is stopped.
   */
  async run(options: ChildOptions, timeoutMs: number): Promise<string> {
    const child = this.start(options);
    try {
      const code = await within(child.name, timeoutMs, child.ended);
      if (code !== 0) throw new Error(`${child.name} failed with code ${code}: ${child.errors}`);
      return await child.output;
    } finally {
      await child.stop();
    }
  }

  /** Ends all programs that still run, and waits until they are gone; no more can be started. Twice is harmless. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.#live].map((child) => child.stop()));
  }
}

/** Access logs of a whole run would fill a small disk. */
function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    // The folder of the run, which it lies in, is gone before.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
