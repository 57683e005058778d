import { parseCpuList } from "./process/proc.ts";
import type { Cores } from "./stage.ts";

/** What a run was measured on. */
export interface Machine {
  readonly cpu: string;
  /** Processors that the run may use. */
  readonly processors: number;
  readonly kernel: string;
  readonly arch: string;
}

/** Describes this machine. */
export function describeMachine(): Machine {
  const cpu = /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "unknown";
  return { cpu, processors: allowedProcessors().length, kernel: Deno.osRelease(), arch: Deno.build.arch };
}

/** The first and the last processor that may be used. @throws {RangeError} when there is one alone. */
export function chooseCores(): Cores {
  const processors = allowedProcessors();
  const [load, proxy] = [processors.at(0), processors.at(-1)];
  if (load === undefined || proxy === undefined || load === proxy) {
    throw new RangeError("two processors are needed: one for the proxy, one for the load and the backend");
  }
  return { load, proxy };
}

/** Moves this process to a processor: the benchmark itself must not disturb what it measures. */
export function pinTo(core: number): void {
  new Deno.Command("taskset", { args: ["-acp", String(core), String(Deno.pid)] }).outputSync();
}

/**
 * What is the matter when a process may not open as many descriptors as it needs; null when it may.
 * @param pairs connections, or sockets of another kind that take two descriptors each.
 */
export function descriptorProblem(pairs: number): string | null {
  const needed = pairs * 2 + 1000;
  const found = /^Max open files\s+(\d+)/m.exec(Deno.readTextFileSync("/proc/self/limits"))?.[1];
  if (Number(found) >= needed) return null;
  return `the descriptor limit is ${found}, needed are ${needed}: run \`ulimit -n ${needed}\` first`;
}

function allowedProcessors(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? "";
  return parseCpuList(list);
}
