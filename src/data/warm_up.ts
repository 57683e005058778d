import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { TurningEngine, WarmUpLoad, WarmUpScript } from "../engine/mod.ts";
import { formatAddress, type SocketAddress } from "../model/address.ts";
import { Board } from "../model/board.ts";
import type { AppSnapshot, TargetSnapshot } from "../model/snapshot.ts";
import { ThreadMemory } from "../model/thread_memory.ts";
import { DataThread } from "./data_thread.ts";

/** What a thread warms up with. */
export interface WarmUp {
  /** How long, milliseconds. */
  readonly ms: number;
  /** Apps whose ways are practised, in turns. */
  readonly apps: readonly AppSnapshot[];
}

/** What {@link warmUp} needs. */
export interface WarmUpOptions {
  readonly engine: TurningEngine;
  readonly load: WarmUpLoad;
  readonly clock: Clock;
  readonly random: Random;
  readonly tables: SharedArrayBuffer;
  /** Of the thread's board: apps keep the slots that they have there. */
  readonly slots: number;
}

/** Clients that have not said all are waited for so long after the end, ... */
const END_MS = 100;
/** ... and sessions so long after the last client has gone. */
const SETTLE_MS = 1_000;
/** Strategies of the user's own are not asked: who comes is nobody. */
const NOT_PRACTISED: ReadonlySet<string> = new Set(["script", "rules"]);
/** Requests on a client's connection that stays open; every second client closes after one. */
const REQUESTS = 8;
/** Turns of a millisecond after everything has ended. */
const LAST_TURNS = 5;
/** Steps before it is looked at the clock. */
const STEPS = 16;

const encoder = new TextEncoder();
/** Each comes twice on a connection, since what comes again is not read anew. */
const KEEP_ALIVE = ["own", "another"].map((client) =>
  encoder.encode(
    `GET /warm-up?client=${client} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: fproxy\r\nAccept: */*\r\n\r\n`,
  )
);
const CLOSING = encoder.encode(
  "GET /warm-up HTTP/1.1\r\nHost: localhost\r\nUser-Agent: fproxy\r\nAccept: */*\r\nConnection: close\r\n\r\n",
);
const ANSWER = encoder.encode(
  "HTTP/1.1 200 OK\r\nServer: fproxy\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/plain\r\n" +
    "Content-Length: 64\r\nConnection: keep-alive\r\n\r\n" + `${"-".repeat(63)}!`,
);
const MESSAGE = encoder.encode(`${"-".repeat(63)}!`);

/**
 * Has the code of a thread serve some thousand sessions before the first client comes, so that it is compiled by then: cold
 * code takes twice the time. A data thread with a board of its own plays it on the engine that is to serve; nothing of it
 * is left afterwards, and nobody hears of it.
 */
export function warmUp({ ms, apps }: WarmUp, options: WarmUpOptions): void {
  const { engine, load, clock, random, tables, slots } = options;
  let isOver = false;
  const thread = new DataThread({
    engine,
    board: Board.allocate(slots),
    tables,
    counters: ThreadMemory.allocate(slots),
    clock,
    random,
    report: ({ type }) => void (isOver ||= type === "stopped"),
  });
  const startedAt = clock.now();
  apps.forEach((app, index) => {
    const front = load.openFront();
    const snapshot = ownApp(app, front.address, load.target);
    const listener = formatAddress(front.address);
    const sockets = { [listener]: [front.descriptor] };
    thread.handle({ type: "apply", revision: index + 1, apps: [snapshot], removed: [], sockets });
    play(snapshot, front.address, options, startedAt + ms * (index + 1) / apps.length);
  });
  thread.handle({
    type: "apply",
    revision: apps.length + 1,
    apps: [],
    removed: apps.map(({ name }) => name),
  });
  thread.handle({ type: "drain" });
  load.close();
  for (const giveUpAt = clock.now() + SETTLE_MS; !isOver && clock.now() < giveUpAt;) engine.turn(1);
  // Idle connections to the target are closed by timers.
  for (let turn = 0; turn < LAST_TURNS; turn++) engine.turn(1);
}

/** Serves until a time, and then for as long as sessions are left. */
function play(
  app: AppSnapshot,
  address: SocketAddress,
  { engine, load, clock }: WarmUpOptions,
  endsAt: number,
): void {
  const script = app.http === null ? messages(address) : requests(address);
  for (let goesOn = true, isLeft = true; isLeft;) {
    for (let step = 0; step < STEPS; step++) {
      isLeft = load.step(script, goesOn);
      engine.turn(0);
    }
    const now = clock.now();
    goesOn = now < endsAt;
    if (now > endsAt + END_MS) break;
  }
}

function messages(address: SocketAddress): WarmUpScript {
  return { address, answer: MESSAGE, request: (_client, message) => message === 0 ? MESSAGE : null };
}

function requests(address: SocketAddress): WarmUpScript {
  return {
    address,
    answer: ANSWER,
    request(client, message): Uint8Array<ArrayBuffer> | null {
      if (client % 2 === 0) return message === 0 ? CLOSING : null;
      return message < REQUESTS ? KEEP_ALIVE[(message >> 1) % KEEP_ALIVE.length]! : null;
    },
  };
}

/** The app with its ways, and with addresses of our own. */
function ownApp(app: AppSnapshot, front: SocketAddress, target: SocketAddress): AppSnapshot {
  const { listeners, targets, strategy, policy, http } = app;
  const slot = listeners[0]?.slot ?? 0;
  return {
    ...app,
    listeners: [{ key: formatAddress(front), address: front, slot }],
    targets: targets.map((one) => ownTarget(one, target)),
    strategy: NOT_PRACTISED.has(strategy.type) ? { type: "round_robin" } : strategy,
    policy: { ...policy, maxConnections: 0 },
    outliers: null,
    http: http === null ? null : { ...http, tls: { ...http.tls, caCerts: [] } },
    certificate: null,
    access: null,
    limits: null,
    proxyAccept: null,
  };
}

function ownTarget(
  { sendProxy: _, ...target }: TargetSnapshot,
  address: SocketAddress,
): TargetSnapshot {
  const { ip, port } = address;
  const http = target.http === null
    ? null
    : { ...target.http, scheme: "http", authority: `${ip}:${port}`, hostname: ip } as const;
  return { ...target, addresses: [address], maxConnections: 0, http };
}
