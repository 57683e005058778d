/**
 * Makes room for a new file of this name: `path` becomes `path.1`, that `path.2`, and so on; older ones than `path.KEEP`
 * are removed. Where there is no such file nothing happens.
 * @throws when a file cannot be renamed or removed; none is lost then.
 */
export async function shiftFiles(path: string, keep: number): Promise<void> {
  if (!await exists(path)) return;
  for (let old = keep; await removed(`${path}.${old}`); old++);
  for (let number = keep - 1; number >= 0; number--) {
    await renamed(number === 0 ? path : `${path}.${number}`, `${path}.${number + 1}`);
  }
}

async function exists(path: string): Promise<boolean> {
  return await happened(Deno.lstat(path));
}

async function removed(path: string): Promise<boolean> {
  return await happened(Deno.remove(path));
}

async function renamed(from: string, to: string): Promise<boolean> {
  return await happened(Deno.rename(from, to));
}

/** Whether there was such a file. */
async function happened(change: Promise<unknown>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
