import { systemClock } from "../../src/base/clock.ts";
import type { Child } from "./child.ts";
import { parseBusySeconds } from "./proc.ts";

/** Tells how much a processor works for others than the program that is measured on it. */
export class CoreWatch {
  #elapsedSeconds = 0;
  #foreignSeconds = 0;

  /** @param core number of the processor. */
  constructor(private readonly core: number) {}

  /** Share of the watched time that others had, 0 to 1. */
  get disturbance(): number {
    return this.#elapsedSeconds === 0 ? 0 : this.#foreignSeconds / this.#elapsedSeconds;
  }

  /** Watches while `work` is under way, in which `child` is the only program that belongs on the processor. */
  async during<T>(child: Child, work: () => Promise<T>): Promise<T> {
    const [start, busyBefore, ownBefore] = [systemClock.now(), this.#busySeconds(), child.cpuSeconds()];
    try {
      return await work();
    } finally {
      const own = child.cpuSeconds() - ownBefore;
      this.#foreignSeconds += Math.max(0, this.#busySeconds() - busyBefore - own);
      this.#elapsedSeconds += (systemClock.now() - start) / 1000;
    }
  }

  #busySeconds(): number {
    return parseBusySeconds(Deno.readTextFileSync("/proc/stat"), this.core);
  }
}
