import { openLibc } from "./libc.ts";
import { systemError } from "./system_error.ts";

/** `PRIO_PROCESS`: on Linux one thread (man 2 setpriority, "C library/kernel differences"). */
const PRIO_PROCESS = 0;
const THIS_THREAD = 0;

/**
 * Lowers the priority of the calling thread. Threads that it starts from then on have the lowered one, too, and without
 * a privilege none gets the old one back.
 * @param nice 1 to 19; a thread that is nicer already stays as it is.
 * @returns why it could not be done, null when it was.
 */
export function lowerPriority(nice: number): string | null {
  const result = openLibc();
  if (!result.ok) return result.reason;
  const { call } = result.libc;
  if (call.getpriority(PRIO_PROCESS, THIS_THREAD) >= nice) return null;
  if (call.setpriority(PRIO_PROCESS, THIS_THREAD, nice) === 0) return null;
  return systemError("lower the priority", result.libc.errno, "internal").message;
}

/** Why {@link lowerPriority} would surely fail; null where it may work. */
export function priorityObstacle(): string | null {
  const result = openLibc();
  return result.ok ? null : result.reason;
}

/** Nice value of the calling thread, -20 to 19; 0, which is the usual one, where it cannot be asked. */
export function threadNice(): number {
  const result = openLibc();
  return result.ok ? result.libc.call.getpriority(PRIO_PROCESS, THIS_THREAD) : 0;
}
