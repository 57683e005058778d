/** Resident memory of a process in bytes, `VmRSS` of proc_pid_status(5); Linux only. By default this process. */
export function rss(pid: number = Deno.pid): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`));
  if (match === null) throw new Error(`Process ${pid} has no VmRSS`);
  return Number(match[1]) * 1024;
}
