import process from "node:process";
import type { Clock } from "../../../base/clock.ts";
import { countDescriptors } from "../../../engine/mod.ts";
import { descriptorLimit } from "../../daemon/capacity/descriptor_limit.ts";

/** What the whole process uses, its data threads included. */
export class ProcessUsage {
  /** Seconds since the Unix epoch; the thread's clock begins with the process, as near as makes no difference. */
  readonly startedAt: number;
  /** Most descriptors, null where that is not known. */
  readonly maxDescriptors: number | null = descriptorLimit();

  constructor(clock: Pick<Clock, "now" | "wallTime">) {
    this.startedAt = (clock.wallTime() - clock.now()) / 1_000;
  }

  /** Processor seconds so far, user and system. */
  get cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000_000;
  }

  /** Bytes in memory. */
  get residentBytes(): number {
    return Deno.memoryUsage().rss;
  }

  /** Bytes of the control thread's JavaScript objects. */
  get heapBytes(): number {
    return Deno.memoryUsage().heapUsed;
  }

  /** Descriptors that are open, null where that is not known. */
  get openDescriptors(): number | null {
    return countDescriptors();
  }
}
