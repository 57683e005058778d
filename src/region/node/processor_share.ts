import { availableParallelism } from "node:os";
import { cpuUsage } from "node:process";
import type { Clock } from "../../base/clock.ts";

/** How much of the machine's processors this program takes. */
export class ProcessorShare {
  #at: number;
  #micros: number;

  constructor(
    private readonly clock: Pick<Clock, "now">,
    private readonly read: () => number = processorMicros,
  ) {
    this.#at = clock.now();
    this.#micros = read();
  }

  /** Since the last time: 0 to 1, where 1 is all of them; 0 when no time has passed. */
  take(): number {
    const [now, micros] = [this.clock.now(), this.read()];
    const elapsed = now - this.#at;
    const share = elapsed <= 0 ? 0 : (micros - this.#micros) / 1_000 / elapsed / availableParallelism();
    this.#at = now;
    this.#micros = micros;
    return Math.min(1, Math.max(0, share));
  }
}

function processorMicros(): number {
  const { user, system } = cpuUsage();
  return user + system;
}
