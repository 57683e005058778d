import type { Clock } from "../../../base/clock.ts";
import { NAME_FILES_MS } from "../../../base/limits.ts";

/**
 * What a small file says, read again when what is known of it is older than {@link NAME_FILES_MS}. It is read at once:
 * a read in the background would wait for the threads that wait for the system's resolver.
 */
export class RereadFile<T> {
  #known: { readonly value: T; readonly at: number } | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly path: string,
    private readonly parse: (text: string) => T,
    /** Instead of a file that cannot be read. */
    private readonly absent: () => T,
  ) {}

  read(): T {
    const at = this.clock.now();
    if (this.#known === null || at - this.#known.at >= NAME_FILES_MS) {
      this.#known = { value: this.#load(), at };
    }
    return this.#known.value;
  }

  #load(): T {
    let text: string;
    try {
      text = Deno.readTextFileSync(this.path);
    } catch {
      return this.absent();
    }
    return this.parse(text);
  }
}
