import type { Clock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import { CONFIG_ROOM_RETRY_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";

/** Apps whose hosts DNS made more, for which the board has no room now: they stay as they were, and are tried again. */
export class RoomRetry {
  readonly #roomless = new Set<string>();
  #cancel: () => void = () => {};

  /** @param retry compiles these apps again. */
  constructor(
    private readonly clock: Pick<Clock, "timer">,
    private readonly log: Pick<Logger, "warn">,
    private readonly retry: (apps: readonly string[]) => void,
  ) {}

  /** Compiles an app; undefined where there is no room for it. @throws whatever else goes wrong. */
  attempt<T>(app: string, compile: () => T): T | undefined {
    try {
      const result = compile();
      this.#roomless.delete(app);
      return result;
    } catch (error) {
      if (!(error instanceof FproxyError) || error.code !== "too_many_parts") throw error;
      if (!this.#roomless.has(app)) {
        this.log.warn("hosts_without_room", { app, error: error.message });
      }
      this.#roomless.add(app);
      this.#cancel();
      this.#cancel = this.clock.timer(CONFIG_ROOM_RETRY_MS, () => this.retry([...this.#roomless]));
      return undefined;
    }
  }

  /** Tries no more. */
  close(): void {
    this.#cancel();
  }
}
