import { rss } from "./rss.ts";

/** What a process holds at one moment. */
export interface ProcessSample {
  /** Open descriptors, pipes among them. */
  readonly descriptors: number;
  /** Descriptors that are an end of a pipe. */
  readonly pipes: number;
  /** Resident memory, bytes. */
  readonly rssBytes: number;
  /** Its proportional share of memory: pages that others map too count in part, bytes. */
  readonly pssBytes: number;
}

/** Looks at `/proc/PID` (proc_pid_fd(5), `Pss` of proc_pid_smaps(5)); Linux only. */
export function sampleProcess(pid: number): ProcessSample {
  const links = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => linkOf(`/proc/${pid}/fd/${name}`));
  const pss = /^Pss:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`));
  if (pss === null) throw new Error(`Process ${pid} has no Pss`);
  return {
    descriptors: links.length,
    pipes: links.filter((link) => link.startsWith("pipe:")).length,
    rssBytes: rss(pid),
    pssBytes: Number(pss[1]) * 1024,
  };
}

/** What a descriptor stands for; empty for one that was closed since it was listed. */
function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
