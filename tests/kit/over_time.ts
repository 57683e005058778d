import { cpuSeconds } from "./cpu_seconds.ts";

/** Lets real time pass, for what is measured over a span of it. Not for waiting: that is `eventually`. */
export function pass(spanMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, spanMs));
}

/** Share of one core that a process uses over a span of time: 1 is a whole core. Linux only. */
export async function cpuShare(pid: number, spanMs: number): Promise<number> {
  const before = cpuSeconds(pid);
  const startedAt = performance.now();
  await pass(spanMs);
  return (cpuSeconds(pid) - before) / ((performance.now() - startedAt) / 1000);
}
