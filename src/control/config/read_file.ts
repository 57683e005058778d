import { MAX_CONFIG_BYTES } from "./decode.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * The bytes of a config file. Of one that is too large (or a device that never ends) only so many are read that the next
 * stage can tell.
 * @throws what `Deno.open` and `read` throw.
 */
export async function readConfigFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  while (total <= MAX_CONFIG_BYTES) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const read = await file.read(chunk);
    if (read === null) break;
    chunks.push(chunk.subarray(0, read));
    total += read;
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
