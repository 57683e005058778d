/** What the benchmark reads of `/api/status`. */
export interface StatusThreads {
  readonly threads: readonly { readonly engine: string }[];
}

/**
 * Whether the program runs on the engine that was asked for: it may fall back to another one.
 * @param log what it wrote to standard error, lines of JSON.
 * @returns null if so, otherwise what is the matter, with the warnings of the log.
 */
export function engineProblem(status: StatusThreads, wanted: string, log: string): string | null {
  const engines = [...new Set(status.threads.map((thread) => thread.engine))];
  if (engines.length > 0 && engines.every((engine) => engine === wanted)) return null;
  const running = engines.length === 0
    ? "there is no data thread"
    : `the data threads run ${engines.join(", ")}`;
  return [`asked for ${wanted}, but ${running}`, ...warnings(log)].join("; ");
}

function warnings(log: string): string[] {
  const lines = log.split("\n").filter((line) => /"level":"(warn|error)"/.test(line));
  return lines.map((line) => line.replace(/^\{"ts":"[^"]*","level":"\w+",/, "{"));
}
