import { join, parse, resolve, sep } from "node:path";

/** As the kernel's own limit (`MAXSYMLINKS`, path_resolution(7)). */
const MAX_SYMLINKS = 40;

/**
 * The directories in which a change can change what a path leads to: that of the file itself and those of all symbolic
 * links on the way to it, such as Kubernetes' `apps.yaml` to `..data/apps.yaml`, `..data` to `..2024_05_01`. Where the
 * way ends in nothing, the last directory that exists is among them, so that its reappearance is seen.
 */
export async function watchedDirectories(path: string): Promise<string[]> {
  const directories = new Set<string>();
  let [current, rest] = split(resolve(path));
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const next = join(current, name);
    const target = await readLink(next);
    if (target !== undefined && ++links <= MAX_SYMLINKS) {
      directories.add(current);
      const [root, parts] = split(resolve(current, target));
      current = root;
      rest = [...parts, ...rest];
    } else if (rest.length > 0) {
      if (!await isDirectory(next)) break;
      current = next;
    }
  }
  directories.add(current);
  return [...directories];
}

function split(path: string): [root: string, parts: string[]] {
  const { root } = parse(path);
  return [root, path.slice(root.length).split(sep).filter((part) => part !== "")];
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    return await Deno.readLink(path);
  } catch {
    return undefined;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isDirectory;
  } catch {
    return false;
  }
}
