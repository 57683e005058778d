import type { Clock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import type { Logger } from "../../../base/log.ts";
import type { Random } from "../../../base/random.ts";
import type { Codec } from "./encoding/encode.ts";
import { ExportHealth } from "./export_health.ts";
import { Sender } from "./sender.ts";
import type { OtlpSignal, Receiver } from "./settings/receiver.ts";

/** What the ways of all signals need. */
export interface DeliveryContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly userAgent: string;
}

/** One signal's way to its receiver: encoded, sent, counted. */
export class Delivery<Batch> {
  readonly health: ExportHealth;
  readonly #sender: Sender;

  /** @param codec loads it. @param timeoutMs for one batch. */
  constructor(
    signal: OtlpSignal,
    receiver: Receiver,
    private readonly timeoutMs: number,
    private readonly codec: () => Promise<Codec<Batch>>,
    context: DeliveryContext,
  ) {
    this.health = new ExportHealth(signal, receiver.url, context.log);
    this.#sender = new Sender(receiver, { ...context, onFailure: (error) => this.health.failed(error) });
  }

  /**
   * Sends a batch, or gives it up; never rejects.
   * @param count of its items. @param isCalm whether nothing else waits, asked afterwards.
   */
  async send(batch: Batch, count: number, isCalm: () => boolean): Promise<void> {
    const { health } = this;
    try {
      const codec = await this.codec();
      const answer = await this.#sender.send(codec.encode(batch), this.timeoutMs);
      if (answer === null) return health.lost(count, "given up");
      const rejected = codec.rejected(answer);
      if (rejected === null) return health.took(count, isCalm());
      health.sent += count - rejected.count;
      health.lost(rejected.count, `the receiver refused some: ${rejected.message}`);
    } catch (error) {
      health.lost(count, errorMessage(error));
    }
  }

  /** Gives up what is under way, and all that comes. */
  stop(): void {
    this.#sender.stop();
  }
}
