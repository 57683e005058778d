import type { Clock } from "../../../base/clock.ts";
import { errorMessage, ListenError, type ListenErrorCode } from "../../../base/errors.ts";
import type { Logger } from "../../../base/log.ts";
import type { AppConfig } from "../../../model/config.ts";
import type { ListenAddress } from "../../../model/host_port.ts";
import { describeLeft, type ListenIps } from "../../listen/listen_lookup.ts";
import { hasNames, isName, listenKeys } from "./listen_keys.ts";

/** Why a name stands for no address. */
export interface NameFailure {
  readonly code: ListenErrorCode;
  readonly message: string;
}

/** What is known of one name. */
export interface ListenName {
  /** Empty as long as it was not looked up with success. */
  readonly ips: readonly string[];
  /** Null where there are addresses. */
  readonly failure: NameFailure | null;
}

/** What the names are looked up with. */
export interface ListenNamesOptions {
  readonly clock: Pick<Clock, "timer">;
  readonly log: Pick<Logger, "warn">;
  /** As `ListenLookup.ips`. */
  ips(address: ListenAddress): Promise<ListenIps>;
  /** A look-up has ended. */
  onSettled(): void;
}

/**
 * The addresses that names in `ports` stand for. Each is looked up when it first stands in the config, until that brings
 * something; from then on it stays the same, so that no answer of DNS closes or opens a port.
 */
export class ListenNames {
  readonly #names = new Map<string, ListenName>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(private readonly options: ListenNamesOptions) {}

  /** Begins to look up the names of these apps that have no addresses. @returns how many there are. */
  look(apps: Iterable<AppConfig>): number {
    let lacking = 0;
    for (const app of apps) {
      if (!hasNames(app)) continue;
      app.ports.forEach((address, index) => {
        const key = listenKeys(app)[index] ?? "";
        if (!isName(address.host) || this.of(key).ips.length > 0) return;
        lacking++;
        if (!this.#underWay.has(key)) this.#begin(key, address);
      });
    }
    return lacking;
  }

  /** Resolves when each name was looked up once, or after `waitMs`; none is waited for twice. */
  async settled(waitMs: number): Promise<void> {
    const open = [...this.#underWay].filter(([key]) => !this.#names.has(key));
    if (open.length === 0) return;
    const late = Promise.withResolvers<void>();
    const cancel = this.options.clock.timer(waitMs, () => late.resolve());
    await Promise.race([Promise.all(open.map(([, work]) => work)), late.promise]);
    cancel();
    for (const [key] of open) if (!this.#names.has(key)) this.#names.set(key, NOT_YET);
  }

  /** What the name is. @param key as `listenKeys` has it. */
  of(key: string): ListenName {
    return this.#names.get(key) ?? NOT_YET;
  }

  /** Forgets the names that are no longer configured. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#names.keys()) if (!keys.has(key)) this.#names.delete(key);
  }

  #begin(key: string, address: ListenAddress): void {
    const work = this.#look(key, address).then(() => {
      this.#underWay.delete(key);
      this.options.onSettled();
    });
    this.#underWay.set(key, work);
  }

  async #look(key: string, address: ListenAddress): Promise<void> {
    try {
      const { ips, left } = await this.options.ips(address);
      for (const one of left) {
        this.options.log.warn("listen_address_skipped", {
          listener: key,
          address: describeLeft(one, address),
        });
      }
      this.#names.set(key, { ips, failure: null });
    } catch (error) {
      const code = error instanceof ListenError ? error.code : "unresolved";
      this.#names.set(key, { ips: [], failure: { code, message: errorMessage(error) } });
    }
  }
}

const NOT_YET: ListenName = {
  ips: [],
  failure: { code: "unresolved", message: "The name was not resolved yet" },
};
