/**
 * Modules that threads start from, under the root of the repository. Nothing imports them, so that `deno compile` has
 * to be told of them.
 */
export const WORKER_ENTRIES: readonly string[] = [
  "src/control/daemon/threads/thread_host_worker.ts",
  "src/control/scripts/script_trial_worker.ts",
  "src/data/worker.ts",
  "src/tools/load_worker.ts",
];
