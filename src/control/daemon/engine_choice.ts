import { FproxyError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { EngineName } from "../../engine/engine.ts";
import { unsupportedReason } from "../../engine/mod.ts";
import type { AppConfig, Config } from "../../model/config.ts";

/** Decides which engine carries an app. What the machine can do is found out once, when it is first asked. */
export class EngineChoice {
  /** Why `epoll` does not work here; null when it does; undefined before anybody asked. */
  #epollTrouble: string | null | undefined;
  /** It was logged that TLS is carried by another engine than the rest. */
  #isTlsTold = false;

  constructor(
    private readonly log: Logger,
    private readonly findTrouble: (engine: EngineName) => string | null = unsupportedReason,
  ) {}

  /**
   * The engine of an app: its own wish, else the config's; `auto` takes `epoll` where it works, `deno` for TLS.
   * @throws {FproxyError} code `engine_unsupported`, when `epoll` is asked for by name and does not work here, or has
   * no TLS to offer.
   */
  choose(app: AppConfig, config: Pick<Config, "engine">): EngineName {
    const wish = app.engine ?? config.engine;
    if (wish === "deno") return "deno";
    const trouble = needsTls(app) ? "it has no TLS" : this.#trouble();
    if (trouble === null) return "epoll";
    if (wish === "auto") {
      if (needsTls(app)) this.#tellTls();
      return "deno";
    }
    throw new FproxyError(
      "engine_unsupported",
      `Cannot run app ${app.name} on the epoll engine: ${trouble}; write "engine: auto" to fall back to deno`,
    );
  }

  #tellTls(): void {
    if (this.#isTlsTold) return;
    this.#isTlsTold = true;
    this.log.info("engine_deno_tls", {});
  }

  #trouble(): string | null {
    if (this.#epollTrouble === undefined) {
      this.#epollTrouble = this.findTrouble("epoll");
      if (this.#epollTrouble === null) {
        this.log.info("engine_epoll", { self_test: "passed" });
      } else {
        const reason = this.#epollTrouble;
        this.log.warn("engine_deno", { reason });
      }
    }
    return this.#epollTrouble;
  }
}

/** Whether clients or endpoints of the app speak TLS. */
function needsTls({ tls, targets }: AppConfig): boolean {
  return tls !== null || targets.some(({ url }) => url?.scheme === "https");
}
