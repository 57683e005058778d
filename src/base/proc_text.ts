/**
 * What the system tells of a process (`/proc/PID/NAME`, proc(5)); Linux only. The runtime opens these files to nobody who
 * may not do everything, so a program is asked to; that may be started.
 * @returns empty where there is no such process, or it has ended.
 */
export function procText(pid: number, name: "cmdline" | "environ"): string {
  const { stdout } = new Deno.Command("cat", {
    args: [`/proc/${pid}/${name}`],
    stdin: "null",
    stderr: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout);
}
