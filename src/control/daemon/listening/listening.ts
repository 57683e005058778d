import type { Clock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import { NAME_WAIT_MS } from "../../../base/limits.ts";
import type { Logger } from "../../../base/log.ts";
import type { AppConfig } from "../../../model/config.ts";
import type { ListenFailure } from "../../../model/messages.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import type { ListenLookup } from "../../listen/listen_lookup.ts";
import { hasNames, listenKeys } from "./listen_keys.ts";
import { ListenNames } from "./listen_names.ts";
import {
  type AppListening,
  type ListenPlan,
  type ListenProblem,
  literalListening,
  planListening,
} from "./listen_plan.ts";

/** What a {@link Listening} works with. */
export interface ListeningOptions {
  readonly clock: Pick<Clock, "timer">;
  readonly log: Pick<Logger, "warn" | "error">;
  readonly lookup: Pick<ListenLookup, "ips">;
  /** Apps as they are sent to the threads now. */
  current(): Iterable<AppSnapshot>;
  /** Has these apps compiled and sent again: they listen elsewhere. */
  onChange(apps: readonly string[]): void;
  /** Takes everything that cannot be listened on, before it is even tried. */
  onFailures(failures: readonly ListenFailure[]): void;
}

/**
 * Where the apps of the running config listen: names are replaced by addresses, and no address is given to two apps. What
 * data threads bind comes from here; they see addresses alone.
 */
export class Listening {
  readonly #names: ListenNames;
  #apps: ReadonlyMap<string, AppConfig> = new Map();
  #plan: ListenPlan = new Map();
  #isClosed = false;

  constructor(private readonly options: ListeningOptions) {
    this.#names = new ListenNames({
      clock: options.clock,
      log: options.log,
      ips: (address) => options.lookup.ips(address),
      onSettled: () => this.#refresh(),
    });
  }

  /** Looks up the names of a config that have no addresses yet; resolves when that is done, or is waited for in vain. */
  async prepare(apps: Iterable<AppConfig>): Promise<void> {
    if (this.#names.look(apps) > 0) await this.#names.settled(NAME_WAIT_MS);
  }

  /** Where the apps of a config would listen, as names are known now. */
  plan(apps: readonly AppConfig[]): ListenPlan {
    return planListening(apps, (key) => this.#names.of(key), () => holders(this.options.current()));
  }

  /** Whether an app would listen elsewhere than now. */
  differs(app: string, plan: ListenPlan): boolean {
    return JSON.stringify(plan.get(app)) !== JSON.stringify(this.#plan.get(app));
  }

  /** Where an app listens by a plan, that of the running config unless given. */
  of(app: AppConfig, plan: ListenPlan = this.#plan): AppListening {
    return plan.get(app.name) ?? literalListening(app);
  }

  /** What an app of the running config should listen on and cannot. */
  problemsOf(app: string): readonly ListenProblem[] {
    return this.#plan.get(app)?.problems ?? [];
  }

  /** What is configured, by key of an app's listeners; those are left out that are configured as they are. */
  configuredOf(app: string): ReadonlyMap<string, string> {
    const entries = this.#plan.get(app)?.entries ?? [];
    return new Map(
      entries.flatMap(({ configured, listeners }) => listeners.map(({ key }) => [key, configured] as const)),
    );
  }

  /** The config of these apps is in force. */
  commit(apps: ReadonlyMap<string, AppConfig>, plan: ListenPlan): void {
    this.#apps = apps;
    this.#plan = plan;
    this.forgetOthers();
    this.#report();
  }

  /** Forgets what names are that no app of the running config has. */
  forgetOthers(): void {
    this.#names.keepOnly(new Set([...this.#apps.values()].filter(hasNames).flatMap(listenKeys)));
  }

  /** Looks up again what these apps lack, and sees whether others have left them something. */
  retry(apps: readonly string[]): void {
    const lacking = apps.filter((app) => this.problemsOf(app).length > 0);
    if (lacking.length === 0) return;
    const looking = this.#names.look(lacking.flatMap((app) => this.#apps.get(app) ?? []));
    if (looking === 0) this.#refresh();
  }

  /** Nothing more is looked up or told. */
  close(): void {
    this.#isClosed = true;
  }

  #refresh(): void {
    if (this.#isClosed) return;
    const before = this.#plan;
    const apps = [...this.#apps.values()];
    const plan = this.plan(apps);
    const changed = apps.filter(({ name }) => this.differs(name, plan)).map(({ name }) => name);
    this.#plan = plan;
    try {
      if (changed.length > 0) this.options.onChange(changed);
    } catch (error) {
      // The board is full, say: what they lacked they still lack, so that it is tried again.
      this.#plan = before;
      this.options.log.error("listen_waits", {
        apps: changed,
        error: errorMessage(error),
      });
    }
    this.#report();
  }

  #report(): void {
    this.options.onFailures(
      [...this.#plan].flatMap(([app, { problems }]) =>
        problems.map(({ listener, code, message }) => ({ app, listener, code, message }))
      ),
    );
  }
}

/** Apps by key of the listeners that they have. */
function holders(apps: Iterable<AppSnapshot>): Map<string, string> {
  return new Map(
    [...apps].flatMap(({ name, listeners }) => listeners.map(({ key }) => [key, name] as const)),
  );
}
