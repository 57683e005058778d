import type { ListenerSnapshot } from "../model/snapshot.ts";

/** What the parts of one rollout come to together. */
export class RolloutParts {
  /** Names of the apps that were changed or removed. */
  readonly touched = new Set<string>();
  readonly #left = new Set<string>();
  readonly #claimed = new Set<string>();

  /** An app is changed or removed. @param before the listeners that it had. */
  touch(app: string, before: readonly ListenerSnapshot[]): void {
    this.touched.add(app);
    for (const { key } of before) this.#left.add(key);
  }

  /** An app has these listeners from now on, whosever they were. */
  claim(listeners: readonly ListenerSnapshot[]): void {
    for (const { key } of listeners) this.#claimed.add(key);
  }

  /** Keys of the listeners that an app had and none has now. */
  get gone(): ReadonlySet<string> {
    return this.#left.difference(this.#claimed);
  }
}
