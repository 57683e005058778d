import { dirname } from "node:path";

/** Why no log file of this path can be made, as far as that can be told beforehand; null where nothing is known. */
export function logFileProblem(path: string): string | null {
  const folder = dirname(path);
  const parent = look(folder);
  if (parent === "missing") return `the folder ${folder} does not exist`;
  if (parent !== null && !parent.isDirectory) return `${folder} is no folder`;
  const file = look(path);
  return file !== null && file !== "missing" && file.isDirectory ? `${path} is a folder` : null;
}

/** Null where it may not be looked at. */
function look(path: string): Deno.FileInfo | "missing" | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "missing" : null;
  }
}
