import type { Clock } from "../../../base/clock.ts";

/** A request that carries bytes. */
export interface BytesRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Sends the body compressed by gzip. */
  readonly isCompressed: boolean;
  /** For everything up to the end of the answer. */
  readonly timeoutMs: number;
  /** What exceeds this of the answer is not read. */
  readonly maxAnswerBytes: number;
  /** Ends it from outside. */
  readonly stop: AbortSignal;
}

/** Its answer. */
export interface BytesAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly retryAfter: string | null;
  readonly bytes: Uint8Array;
}

/** Posts bytes and reads the answer. @throws {Error} where there is none in time, or it was stopped. */
export async function postBytes(request: BytesRequest, clock: Clock): Promise<BytesAnswer> {
  const { url, headers, body, isCompressed, timeoutMs, maxAnswerBytes, stop } = request;
  const timeout = new AbortController();
  const cancel = clock.timer(timeoutMs, () => {
    timeout.abort(new Error(`no answer of the receiver within ${Math.round(timeoutMs)} ms`));
  });
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: isCompressed ? { ...headers, "content-encoding": "gzip" } : headers,
      body: isCompressed ? await compressed(body) : body,
      // The body would not go along.
      redirect: "manual",
      signal: AbortSignal.any([timeout.signal, stop]),
    });
    const { status, statusText } = response;
    const bytes = await firstBytes(response, maxAnswerBytes);
    return { status, statusText, retryAfter: response.headers.get("retry-after"), bytes };
  } finally {
    cancel();
  }
}

async function compressed(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return await new Response(new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
}

async function firstBytes({ body }: Response, most: number): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.length;
    // Leaving the loop cancels the rest.
    if (length >= most) break;
  }
  return (await new Blob(parts).bytes()).subarray(0, most);
}
