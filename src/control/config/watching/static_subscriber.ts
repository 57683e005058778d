import type { Config } from "../../../model/config.ts";
import type { ConfigCause, ConfigEvent, ConfigSubscriber } from "./subscriber.ts";

/** A config that is made by the program itself and never changes, as a command makes it from its options. */
export class StaticSubscriber implements ConfigSubscriber {
  readonly name = "static";
  readonly document = null;
  #onEvent: ((event: ConfigEvent) => void) | null = null;

  /** @param config must be valid. @param source where it comes from, for people. */
  constructor(private readonly config: Config, private readonly source: string) {}

  start(onEvent: (event: ConfigEvent) => void): void {
    this.#onEvent = onEvent;
    this.refresh("start");
  }

  refresh(cause: ConfigCause): void {
    const { config, source } = this;
    this.#onEvent?.({ type: "config", config, warnings: [], hash: "", text: null, source, cause });
  }

  close(): Promise<void> {
    this.#onEvent = null;
    return Promise.resolve();
  }
}
