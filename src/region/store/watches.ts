import type { AnyBucket, Stored } from "./bucket.ts";

/** Several buckets that are followed together. */
export class Watches {
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #current: Promise<void>[] = [];

  /** Begins to follow one more bucket. @param name of the only value that is followed. @throws {StoreError} */
  async add<T>(
    bucket: Pick<AnyBucket<T>, "watch">,
    onChange: (stored: Stored<T>) => void,
    name?: string,
  ): Promise<void> {
    const all = Promise.withResolvers<void>();
    this.#current.push(all.promise);
    this.#stops.push(await bucket.watch(onChange, all.resolve, name));
  }

  /** Resolves when all that was there has been told. */
  async current(): Promise<void> {
    await Promise.all(this.#current);
  }

  async close(): Promise<void> {
    await Promise.all(this.#stops.map((stop) => stop()));
  }
}
