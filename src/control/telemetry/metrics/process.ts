import type { Family } from "./family.ts";
import { single } from "./families.ts";

/** The process, by the names that Prometheus' client libraries give (Writing client libraries, "Process metrics"). */
export const PROCESS_METRICS: readonly Family[] = [
  {
    type: "gauge",
    name: "fproxy_build_info",
    help: "1, with the program's version and that of the runtime.",
    labels: ["version", "runtime"],
    collect: ({ source: { version } }) => [{
      labels: { version, runtime: `deno ${Deno.version.deno}` },
      value: 1,
    }],
  },
  single(
    "counter",
    "process_cpu_seconds_total",
    "Processor time of all threads, user and system.",
    ({ source }) => source.process.cpuSeconds,
  ),
  single(
    "gauge",
    "process_resident_memory_bytes",
    "Memory of the process that is in the machine's memory.",
    ({ source }) => source.process.residentBytes,
  ),
  single(
    "gauge",
    "process_open_fds",
    "Open file descriptors; where the C library can be called.",
    ({ source }) => source.process.openDescriptors ?? undefined,
  ),
  single(
    "gauge",
    "process_max_fds",
    "Most file descriptors of the process.",
    ({ source }) => source.process.maxDescriptors ?? undefined,
  ),
  single(
    "gauge",
    "process_start_time_seconds",
    "Start of the process, since the Unix epoch.",
    ({ source }) => source.process.startedAt,
  ),
];
