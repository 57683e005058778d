import { EffectiveWeights } from "../../src/control/availability/effective_weight.ts";
import { adminApp } from "../../src/control/admin/app.ts";
import type { AppStatus, Status, TargetStatus } from "../../src/control/daemon/status.ts";
import { OperatorLayer } from "../../src/control/overrides/operator_layer.ts";
import { Board } from "../../src/model/board.ts";
import type { AppSnapshot, TargetSnapshot } from "../../src/model/snapshot.ts";
import { Admin, TargetWords, WEIGHT_UNIT } from "../../src/model/target_words.ts";
import { accessBy } from "./access_rules.ts";
import { adminSource } from "./admin_source.ts";
import { FakeClock } from "./fake_clock.ts";
import { LogLines } from "./log_lines.ts";
import { app, target } from "./snapshots.ts";

/** What {@link OperatedApp.change} may send besides its path. */
export interface ChangeOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly remoteIp?: string;
}

/** The admin API over a board, without a server and without data threads: one app `web`, which a test may exchange. */
export class OperatedApp {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly board = Board.allocate();
  readonly words = new TargetWords(this.board);
  token = "";
  /** Null where the config has no app. */
  snapshot: AppSnapshot | null;
  readonly layer: OperatorLayer;
  readonly #routes;

  constructor(targets: readonly TargetSnapshot[] = [target(1), target(2)]) {
    this.snapshot = app({ targets });
    this.layer = new OperatorLayer({
      clock: this.clock,
      log: this.log.log,
      board: this.board,
      weights: new EffectiveWeights(this.words),
      agentOf: () => null,
      app: (name) => name === this.snapshot?.name ? this.snapshot : undefined,
    });
    const source = adminSource(() => this.#status(), { overrides: this.layer.overrides });
    this.#routes = adminApp(source, accessBy(() => this.token), this.log.log);
  }

  /** Asks for something. */
  get(path: string): Promise<Response> {
    return this.request(path, {});
  }

  /** Changes the override of a target, by default with a PUT of JSON from this machine. */
  change(key: string, options: ChangeOptions, query = ""): Promise<Response> {
    const path = `/api/v1/apps/web/targets/${encodeURIComponent(key)}/override${query}`;
    return this.request(path, { method: "PUT", ...options });
  }

  /** Sends any request. */
  async request(path: string, options: ChangeOptions): Promise<Response> {
    const { method = "GET", body, headers = {}, remoteIp = "127.0.0.1" } = options;
    const init = {
      method,
      headers: { host: "127.0.0.1:9901", "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    };
    return await this.#routes.request(path, init, { remoteIp });
  }

  #status(): Status {
    const apps = this.snapshot === null ? [] : [this.#app(this.snapshot)];
    return { apps } as Partial<Status> as Status;
  }

  #app(snapshot: AppSnapshot): AppStatus {
    const targets = snapshot.targets.map((one) => this.#target(snapshot, one));
    return { name: snapshot.name, strategy: snapshot.strategy.type, targets } as Partial<
      AppStatus
    > as AppStatus;
  }

  #target(snapshot: AppSnapshot, one: TargetSnapshot): TargetStatus {
    const weight = this.words.weight(one.slot, one.weight) / WEIGHT_UNIT;
    const admin = this.words.admin(one.slot);
    const names = Object.keys(Admin) as (keyof typeof Admin)[];
    return {
      target: one.key,
      addresses: [],
      weight: one.weight,
      backup: one.backup,
      override: this.layer.override(snapshot.name, one),
      health: "unknown",
      admin: names.find((name) => Admin[name] === admin) ?? "ready",
      effective_weight: weight,
      available: admin === Admin.ready && weight > 0,
      connections_active: 0,
    } as Partial<TargetStatus> as TargetStatus;
  }
}
