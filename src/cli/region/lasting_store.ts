import { BackOff } from "../../base/back_off.ts";
import { sleep, systemClock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { jsonLine, Logger, type LogLevel, prettyLine } from "../../base/log.ts";
import type { RegionAccess } from "../../model/config_region.ts";
import { RegionStore } from "../../region/store/region_store.ts";
import type { Io } from "../io.ts";
import { aborted } from "../until_signal.ts";

const LEAST_RETRY_MS = 500;
const MOST_RETRY_MS = 15_000;

/** What a program of a region that runs for long logs, on standard error. */
export function programLog(level: LogLevel, io: Io): Logger {
  return new Logger({
    level,
    parts: {},
    clock: systemClock,
    write: (entry) => io.stderr(io.isTerminal ? prettyLine(entry, io.color) : jsonLine(entry)),
  });
}

/** Tries until the store can be used: programs and servers may start at the same time. Null once the signal is aborted. */
export async function openLasting(
  access: RegionAccess,
  log: Logger,
  signal: AbortSignal,
): Promise<RegionStore | null> {
  const pauses = new BackOff(LEAST_RETRY_MS, MOST_RETRY_MS);
  const onLink = (isUp: boolean, reason: string): void => {
    if (isUp) log.info("region_link_restored", { reason });
    else log.warn("region_link_lost", { reason });
  };
  while (!signal.aborted) {
    try {
      return await RegionStore.open(access, { isLasting: true, onLink });
    } catch (error) {
      log.warn("region_store_failed", { error: errorMessage(error) });
      await pauseFor(pauses.next(), signal);
    }
  }
  return null;
}

/** Waits a little before the store is opened anew, unless the signal is aborted. */
export async function pauseBeforeRetry(signal: AbortSignal): Promise<void> {
  await pauseFor(LEAST_RETRY_MS, signal);
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await Promise.race([sleep(systemClock, ms), aborted(signal)]);
}
