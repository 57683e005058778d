import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Board } from "../../model/board.ts";
import type { AppSnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { TargetWords } from "../../model/target_words.ts";
import type { AgentReport } from "../availability/agent_reply.ts";
import type { EffectiveWeights } from "../availability/effective_weight.ts";
import { WordsWriter } from "../availability/words_writer.ts";
import type { TargetLayerStatus } from "../daemon/status.ts";
import { type OverrideStatus, overrideStatus } from "./override_json.ts";
import { Overrides } from "./overrides.ts";

/** What the layer is made from. */
export interface OperatorLayerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly board: Board;
  /** Where weights of targets are put together. */
  readonly weights: Pick<EffectiveWeights, "set">;
  /** What a target's agent said, null for nothing. */
  agentOf(app: string, target: string): AgentReport | null;
  /** An app of the running config. */
  app(name: string): AppSnapshot | undefined;
}

/** Joins the overrides with the running config: what they come to is on the board as soon as either changes. */
export class OperatorLayer implements TargetLayerStatus {
  readonly overrides: Overrides;
  readonly #writer: WordsWriter;

  constructor(private readonly options: OperatorLayerOptions) {
    this.overrides = new Overrides({
      clock: options.clock,
      log: options.log,
      configured: (app, key) =>
        options.app(app)?.targets.find((target) => target.key === key)?.weight ?? null,
      onChange: (name, key) => this.refresh(name, key),
    });
    this.#writer = new WordsWriter(
      new TargetWords(options.board),
      options.weights,
      (app, { key, weight }) => ({
        configWeight: weight,
        override: this.overrides.values(app, key),
        agent: options.agentOf(app, key),
      }),
    );
  }

  /** Writes what is said of all targets of these apps on the board. */
  write(apps: readonly AppSnapshot[]): void {
    for (const app of apps) this.#writer.write(app);
  }

  /** Writes what is said of one target of the running config. */
  refresh(name: string, key: string): void {
    const app = this.options.app(name);
    if (app !== undefined) this.#writer.write(app, key);
  }

  override(app: string, { key, weight }: TargetSnapshot): OverrideStatus | null {
    const override = this.overrides.get(app, key);
    return override === undefined ? null : overrideStatus(override, weight);
  }
}
