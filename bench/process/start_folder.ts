import type { Stage } from "../stage.ts";

/**
 * A folder for one start of a program, which everybody may read. Programs are started several times in a run and others of
 * the same name may be waiting meanwhile: a config that is written anew would be taken for a change by those that watch it.
 */
export function startFolder(stage: Stage, name: string): string {
  const folder = Deno.makeTempDirSync({ dir: stage.dir, prefix: `${name}-` });
  // An nginx that root starts has a worker of another user.
  Deno.chmodSync(folder, 0o755);
  return folder;
}
