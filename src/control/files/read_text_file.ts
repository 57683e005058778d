/** Largest file that a config names, unless more is asked for: the public authorities together take a quarter of it. */
const MAX_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * How files that a config names are read; tests put files of their own here.
 * @param maxBytes largest that is read.
 * @throws when it cannot be read.
 */
export type ReadTextFile = (path: string, maxBytes?: number) => string;

/**
 * The text of a file. Of one that is too large only so much is read; pipes and devices, which could keep the program
 * waiting, are left alone.
 * @throws what `Deno.statSync`, `openSync` and `readSync` throw; {TypeError} for what is no regular file; {RangeError}
 * when it is too large.
 */
export function readTextFile(path: string, maxBytes: number = MAX_BYTES): string {
  const { isFile, isDirectory } = Deno.statSync(path);
  if (!isFile && !isDirectory) throw new TypeError("it is a pipe or a device");
  using file = Deno.openSync(path);
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK_BYTES);
  let text = "";
  for (let count = file.readSync(chunk); count !== null; count = file.readSync(chunk)) {
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
    if (text.length > maxBytes) throw new RangeError(`it is larger than ${maxBytes / 1024} KiB`);
  }
  return text;
}
