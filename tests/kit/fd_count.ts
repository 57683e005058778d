/**
 * Open descriptors of a process (proc_pid_fd(5)); Linux only.
 * @param pid By default this process, without the descriptor that the counting itself needs.
 */
export function fdCount(pid?: number): number {
  const count = [...Deno.readDirSync(`/proc/${pid ?? "self"}/fd`)].length;
  return pid === undefined || pid === Deno.pid ? count - 1 : count;
}
