import type { ChildOptions } from "../../../bench/process/child.ts";
import { parseCpuList } from "../../../bench/process/proc.ts";

/** A script as a program of the benchmark, on a processor that may be used. */
export function shell(script: string): ChildOptions {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? "";
  return { name: "shell", command: "sh", args: ["-c", script], core: parseCpuList(allowed)[0] ?? 0 };
}
