/** Ticks a second in /proc: USER_HZ, 100 on every Linux that Deno runs on (time(7)). */
const TICKS_PER_SECOND = 100;

/** User and system time that a process has used, in seconds (proc_pid_stat(5)); Linux only. By default this process. */
export function cpuSeconds(pid: number = Deno.pid): number {
  const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name, field 2, may hold spaces and brackets; utime and stime are fields 14 and 15.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
