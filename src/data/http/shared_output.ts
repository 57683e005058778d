import { ByteSink } from "../byte_sink.ts";

/**
 * A sink that all clients of a thread fill in turn: who fills it hands on what is in it, and clears it, within the same
 * callback. A flush that is forgotten would send one client's bytes to another. Therefore whoever begins must find it
 * empty. The error of {@link SharedOutput.for} is caught nowhere: the thread dies of it and is replaced, since nobody can
 * tell what the client whose bytes were left there has received.
 */
export class SharedOutput {
  readonly #sink: ByteSink;
  #user: object | null = null;

  /** @param initialBytes of memory; it grows. */
  constructor(initialBytes: number) {
    this.#sink = new ByteSink(initialBytes);
  }

  /** The sink, for `user` alone until {@link clear}. @throws {Error} when bytes of another user are in it. */
  for(user: object): ByteSink {
    if (user !== this.#user) this.#begin(user);
    return this.#sink;
  }

  /** What was in it has been handed on. */
  clear(): void {
    this.#sink.clear();
    // Else the last user's request would be kept in memory.
    this.#user = null;
  }

  #begin(user: object): void {
    const { length } = this.#sink;
    if (length > 0) {
      throw new Error(
        `Cannot write for a client: ${length} bytes of another wait in the shared output, not 0`,
      );
    }
    this.#user = user;
  }
}
