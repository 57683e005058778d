/** Clock ticks a second in `/proc`: USER_HZ, which is 100 on every architecture that Deno runs on (time(7)). */
const TICKS_PER_SECOND = 100;

/** What `/proc/PID/stat` tells of a process. */
export interface ProcessStat {
  /** Processor time of all threads, those that ended included; user and system together, seconds. */
  readonly cpuSeconds: number;
  /** Ticks from boot to its start: with the number it names a process for good, since numbers are used again. */
  readonly startedAt: number;
}

/** Reads the text of `/proc/PID/stat` (proc_pid_stat(5)). @throws {RangeError} when it is not of that form. */
export function parseProcessStat(text: string): ProcessStat {
  // The name in the second field may hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).trim().split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  const cpuSeconds = (field(14) + field(15)) / TICKS_PER_SECOND;
  const startedAt = field(22);
  if (Number.isNaN(cpuSeconds + startedAt)) throw new RangeError(`Not a /proc/PID/stat: "${text}"`);
  return { cpuSeconds, startedAt };
}

/** Memory of a process, bytes. */
export interface Memory {
  /** Proportional: a page that several processes share counts for each in part. */
  readonly pssBytes: number;
  /** Resident: a page counts in full for each process that has it. */
  readonly rssBytes: number;
}

/** Reads the text of `/proc/PID/smaps_rollup` (proc_pid_smaps(5)). @throws {RangeError} when it is not of that form. */
export function parseMemory(text: string): Memory {
  const bytes = (key: string): number => {
    const found = new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
    if (found === undefined) throw new RangeError(`No ${key} in /proc/PID/smaps_rollup`);
    return Number(found) * 1024;
  };
  return { pssBytes: bytes("Pss"), rssBytes: bytes("Rss") };
}

/** Whether somebody listens on a port of 127.0.0.1, by the text of `/proc/net/tcp` (proc_net_tcp(5)). */
export function hasListener(text: string, port: number): boolean {
  // Local address and port, remote ones, and the state: 0A is LISTEN. The address is in the byte order of the machine,
  // which is little-endian on every architecture that Deno runs on.
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return text.includes(` ${local} 00000000:0000 0A `);
}

/** Processor numbers in a list such as `0-2,5` (`Cpus_allowed_list` of `/proc/PID/status`, proc_pid_status(5)). */
export function parseCpuList(text: string): number[] {
  return text.trim().split(",").flatMap((part) => {
    const [first = NaN, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/**
 * Time that a processor has worked since boot, seconds, by the text of `/proc/stat` (proc_stat(5)): idle time and waiting
 * for disks left out; time that a hypervisor gave to others counts, since nobody here had it.
 * @throws {RangeError} when there is no such processor.
 */
export function parseBusySeconds(text: string, processor: number): number {
  const line = new RegExp(`^cpu${processor} (.+)$`, "m").exec(text)?.[1];
  if (line === undefined) throw new RangeError(`No processor ${processor} in /proc/stat`);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/** A process and all that descend from it, parents first; empty when it is gone. */
export function processTree(pid: number): number[] {
  const pids = [pid];
  try {
    for (const task of Deno.readDirSync(`/proc/${pid}/task`)) {
      const children = Deno.readTextFileSync(`/proc/${pid}/task/${task.name}/children`).trim();
      if (children !== "") pids.push(...children.split(" ").flatMap((child) => processTree(Number(child))));
    }
  } catch (error) {
    if (isGone(error)) return pids.slice(1);
    throw error;
  }
  return pids;
}

/** Whether an error of reading below `/proc/PID` means that the process, or a thread of it, has ended. */
export function isGone(error: unknown): boolean {
  // A file that was opened in time gives ESRCH when it is read.
  return error instanceof Deno.errors.NotFound ||
    (error instanceof Error && "code" in error && error.code === "ESRCH");
}
