/**
 * Writes a file as a whole: who reads it finds the old text or the new one, also after a crash. Another file of that name
 * with `.tmp` at its end is written over.
 * @param mode permissions of the new file, as far as the umask lets them.
 */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.tmp`;
  // It may be a link that somebody left there: it is removed, not followed.
  await Deno.remove(temporary).catch(() => {});
  {
    using file = await Deno.open(temporary, { write: true, createNew: true, mode });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  }
  await Deno.rename(temporary, path);
}
