import { has } from "./programs.ts";

/** Why nothing can be mounted for a test; null where it can. */
export async function mountObstacle(): Promise<string | null> {
  if (!has("unshare")) return "not installed (unshare)";
  const args = ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"];
  const { success } = await new Deno.Command("unshare", { args, stdout: "null", stderr: "null" }).output();
  return success ? null : "may not mount a small disk";
}

/**
 * Put before a command line: the program sees a disk of 64 MiB in that directory, of which 2 MiB are free. The file
 * `filler` in it holds the rest. Others see it under `/proc/PID/root`.
 */
export function onFullDisk(directory: string): readonly string[] {
  const mount =
    `mount -t tmpfs -o size=64m none ${directory} && head -c 62M /dev/zero > ${directory}/filler && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", mount, "sh"];
}
