/** One of several threads that use a limit table at once; answers with what it met. */
import {
  type ClientShare,
  type Limits,
  LimitTable,
  type LimitTableRef,
} from "../../../src/model/limit_table.ts";

/** What a thread is to do. */
export interface ThreadTask {
  readonly memory: SharedArrayBuffer;
  /** How many threads are ready, and connections of each client that are open in all threads, by its number: `Int32`. */
  readonly open: SharedArrayBuffer;
  readonly ref: LimitTableRef;
  readonly limits: Limits;
  /** Connections that come. */
  readonly steps: number;
  /** Among how many clients. */
  readonly clients: number;
  readonly seed: number;
  /** It begins when so many are ready. */
  readonly threads: number;
  /** Connections that it holds before it ends the oldest; none unless given. */
  readonly holds?: number;
}

/** What it met. */
export interface ThreadTally {
  readonly taken: number;
  readonly refused: number;
  /** Most connections of one client that it saw open in all threads. */
  readonly mostOpen: number;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ThreadTask>) => void) | null;
  postMessage(tally: ThreadTally): void;
};

scope.onmessage = (
  { data: { memory, open: openMemory, ref, limits, steps, clients, seed, threads, holds = 0 } },
) => {
  const table = new LimitTable(memory, ref);
  const key = Uint32Array.of(0, 0, 0xffff, 0);
  const held: { readonly client: number; readonly share: ClientShare }[] = [];
  const ready = new Int32Array(openMemory, 0, 1);
  const open = new Int32Array(openMemory, 4);
  let taken = 0;
  let refused = 0;
  let mostOpen = 0;
  const end = (): void => {
    const oldest = held.shift();
    if (oldest === undefined) return;
    // Before it is given back: then another thread may have it.
    Atomics.sub(open, oldest.client, 1);
    table.leave(oldest.share);
  };
  Atomics.add(ready, 0, 1);
  for (let seen = 0; (seen = Atomics.load(ready, 0)) < threads;) Atomics.wait(ready, 0, seen, 1);
  let random = seed;
  for (let step = 0; step < steps; step++) {
    random = Math.imul(random, 1_103_515_245) + 12_345 >>> 0;
    const client = (random >>> 8) % clients;
    key[3] = client;
    const { isRefused, share } = table.take(key, Date.now(), limits);
    if (isRefused) refused++;
    else taken++;
    if (share !== null) {
      mostOpen = Math.max(mostOpen, Atomics.add(open, client, 1) + 1);
      held.push({ client, share });
    }
    if (held.length > holds) end();
  }
  while (held.length > 0) end();
  scope.postMessage({ taken, refused, mostOpen });
};
