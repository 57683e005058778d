import { PassiveAvailability } from "../../../../src/control/availability/passive.ts";
import { Board, Counter, Shared } from "../../../../src/model/board.ts";
import type { AppConfig, ConfigInput } from "../../../../src/model/config.ts";
import { Ejections } from "../../../../src/model/ejections.ts";
import type { AppSnapshot, TargetSnapshot } from "../../../../src/model/snapshot.ts";
import { Health, type HealthValue, TargetWords, WEIGHT_UNIT } from "../../../../src/model/target_words.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { FakeMemory } from "../../../kit/fake_memory.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { app, target } from "../../../kit/snapshots.ts";

type Settings = Pick<ConfigInput["apps"][number], "outlier_detection" | "slow_start">;

/** Passive availability over a board and a clock that the test owns; the test is the data threads. */
export class PassiveFixture {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly board: Board;
  readonly words: TargetWords;
  readonly passive: PassiveAvailability;
  /** What health checks found last. */
  found: Exclude<HealthValue, typeof Health.ejected> = Health.unknown;
  readonly #memory = new FakeMemory();
  #app: AppSnapshot | undefined;

  constructor() {
    const { clock, log: { log } } = this;
    this.board = this.#memory.board;
    this.words = new TargetWords(this.board);
    this.passive = new PassiveAvailability({
      clock,
      log,
      board: this.board,
      totals: this.#memory.totals,
      lastHealth: () => this.found,
    });
  }

  /** Rolls the app out with targets of these numbers. */
  take(
    settings: Settings,
    numbers: readonly number[],
    changes: (n: number) => Partial<TargetSnapshot> = () => ({}),
  ): void {
    const config = parseConfig({
      apps: [{ name: "web", ports: [80], targets: ["a.example:1"], ...settings }],
    })
      .apps[0] as AppConfig;
    const wanted = config.outlier_detection;
    const outliers = wanted === undefined || wanted === false ? null : {
      consecutiveFailures: wanted.consecutive_failures,
      consecutive5xx: 0,
      consecutiveGatewayFailure: 0,
      maxEjectionPercent: wanted.max_ejection_percent,
    };
    const snapshot = app({ outliers, targets: numbers.map((n) => target(n, changes(n))) });
    this.passive.take({ config, snapshot }, this.#app);
    this.#app = snapshot;
  }

  /** As a data thread ejects. */
  eject(n: number): boolean {
    if (this.#app === undefined) return false;
    return new Ejections(this.board).eject(this.#app, 100 + n, "consecutive_failures", 100);
  }

  isOut(n: number): boolean {
    return this.words.health(100 + n) === Health.ejected;
  }

  /** How many are counted as ejected. */
  get counted(): number {
    return Atomics.load(this.board.words, Board.word(1, Shared.ejected));
  }

  /** As a share of the configured weight of 1. */
  weight(n: number): number {
    return Math.round(this.words.weight(100 + n, 1) / WEIGHT_UNIT * 100) / 100;
  }

  /** As a data thread counts. */
  count(n: number, counter: "connections" | "connectFailures", amount: number): void {
    const at = Board.counter(100 + n, Counter[counter]);
    this.#memory.counters[at] = (this.#memory.counters[at] ?? 0) + amount;
  }
}
