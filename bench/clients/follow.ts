import { type Clock, sleep } from "../../src/base/clock.ts";

const PAUSE_MS = 500;

/**
 * Follows a resource of server-sent events and throws away what comes; opens it again when it ends, as browsers do.
 * @param urls the same resource in the order in which they are liked: a version that does not know a query or a path refuses it,
 * and gets the next one.
 * @returns when events are awaited: the address that is followed, or null where all are refused.
 */
export async function follow(urls: readonly string[], clock: Clock): Promise<string | null> {
  for (const url of urls) {
    const body = await openStream(url);
    if (body === null) continue;
    void goOn(url, body, clock);
    return url;
  }
  return null;
}

async function goOn(url: string, first: ReadableStream<Uint8Array>, clock: Clock): Promise<never> {
  for (let body: ReadableStream<Uint8Array> | null = first;; body = await openStream(url).catch(() => null)) {
    try {
      for await (const part of body ?? []) void part;
    } catch (error) {
      // Broken off: it is opened again.
      if (!(error instanceof TypeError)) throw error;
    }
    await sleep(clock, PAUSE_MS);
  }
}

async function openStream(url: string): Promise<ReadableStream<Uint8Array> | null> {
  const { ok, body } = await fetch(url);
  if (ok) return body;
  await body?.cancel();
  return null;
}
