/** Largest file of certificates: the public authorities together take a quarter of it. */
const MAX_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** How files of certificates are read; tests put files of their own here. @throws when it cannot be read. */
export type ReadTextFile = (path: string) => string;

/**
 * The text of a file. Of one that is too large (or a device that never ends) only so much is read.
 * @throws what `Deno.openSync` and `readSync` throw; {RangeError} when it is too large.
 */
export function readTextFile(path: string): string {
  using file = Deno.openSync(path);
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK_BYTES);
  let text = "";
  for (let count = file.readSync(chunk); count !== null; count = file.readSync(chunk)) {
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
    if (text.length > MAX_BYTES) throw new RangeError(`it is larger than ${MAX_BYTES / 1024} KiB`);
  }
  return text;
}
