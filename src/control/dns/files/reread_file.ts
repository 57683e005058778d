import type { Clock } from "../../../base/clock.ts";
import { NAME_FILES_MS } from "../../../base/limits.ts";

/** What a small file says, read again when what is known of it is older than {@link NAME_FILES_MS}. */
export class RereadFile<T> {
  #value: Promise<T> | null = null;
  #readAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly path: string,
    private readonly parse: (text: string) => T,
    /** Instead of a file that cannot be read. */
    private readonly absent: () => T,
  ) {}

  read(): Promise<T> {
    const now = this.clock.now();
    if (this.#value === null || now - this.#readAt >= NAME_FILES_MS) {
      this.#readAt = now;
      this.#value = Deno.readTextFile(this.path).then(this.parse, this.absent);
    }
    return this.#value;
  }
}
