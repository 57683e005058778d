import type {
  Attempt,
  Connection,
  ConnectOptions,
  Engine,
  ListenOptions,
  RelayHandler,
} from "../../src/engine/engine.ts";
import type { SocketAddress } from "../../src/model/address.ts";
import { report } from "./report.ts";
import type { Scenario } from "./protocol.ts";
import { calledBack, calling, WatchedHandler } from "./watched_handler.ts";

/** Options of all connections. */
export const TCP = {
  noDelay: true,
  keepAlive: { idleS: 60, intervalS: 10, count: 6 },
  userTimeoutMs: 30_000,
};
/** Options of all listeners. */
export const LISTEN: ListenOptions = { backlog: 4096, tcp: TCP };
const FLOOD_PIECE_BYTES = 16 * 1024;

/** Does what the scenario says with one accepted client. */
export type ServeClient = (client: Connection) => void;

/** What to do with clients; scenarios without clients begin by themselves. */
export function startScenario(engine: Engine, scenario: Scenario): ServeClient {
  switch (scenario.mode) {
    case "relay":
      return (client) => relay(engine, client, scenario.target, scenario.connectTimeoutMs);
    case "preface":
      return (client) => relayWithPreface(engine, client, scenario.target);
    case "unread":
      return (client) => unread(engine, client, scenario);
    case "echo":
      return echo;
    case "hold":
      return () => {};
    case "greet":
      return greet;
    case "flood":
      return (client) => flood(engine, client, scenario);
    case "pause":
      return (client) => pause(engine, client, scenario.pauseMs);
    case "connect":
      connect(engine, scenario);
      return () => {};
    case "timers":
      timers(engine);
      return () => {};
  }
}

function relay(engine: Engine, client: Connection, target: SocketAddress, timeoutMs: number): void {
  const startedAt = engine.now();
  calling(() =>
    engine.connect(target, connectOptions(timeoutMs), {
      onOpen(connection: Connection): void {
        calledBack("onOpen");
        startRelay(engine, client, connection);
      },
      onFail(error): void {
        calledBack("onFail");
        report({ type: "connect_failed", code: error.code, afterMs: engine.now() - startedAt });
        client.reset();
      },
    })
  );
}

function startRelay(engine: Engine, client: Connection, target: Connection): void {
  const startedAt = engine.now();
  const handler: RelayHandler = {
    onHalfClose(side): void {
      calledBack("onHalfClose");
      report({ type: "half_close", side });
    },
    onDone(end): void {
      calledBack("onDone");
      const { bytesFromClient, bytesFromTarget, firstByteAt, firstEnded, lastActivityAt } = running;
      report({
        type: "relay_done",
        end,
        bytesFromClient,
        bytesFromTarget,
        firstEnded,
        isFirstByteSet: firstByteAt > 0,
        isActivityInOrder: lastActivityAt >= startedAt && lastActivityAt >= firstByteAt,
      });
    },
  };
  const running = calling(() => engine.relay(client, target, handler));
}

function relayWithPreface(engine: Engine, client: Connection, target: SocketAddress): void {
  client.handler = new WatchedHandler(client, {});
  client.resume();
  client.pause();
  engine.connect(target, connectOptions(5_000), {
    onOpen(connection): void {
      connection.handler = new WatchedHandler(connection, {});
      connection.write(new TextEncoder().encode("preface\n"));
      startRelay(engine, client, connection);
    },
    onFail(error): void {
      report({ type: "connect_failed", code: error.code, afterMs: 0 });
      client.reset();
    },
  });
}

function unread(engine: Engine, client: Connection, scenario: Extract<Scenario, { mode: "unread" }>): void {
  let kept: number[] = [];
  const giveBack = (): void => {
    calling(() => client.pause());
    calling(() => client.unread(Uint8Array.from(kept)));
    kept = [];
    client.setAddresses({ ip: "192.0.2.1", port: 1 }, { ip: "2001:db8::2", port: 2 });
    report({ type: "readdressed", remote: client.remote, local: client.local });
    if (scenario.target === null) echo(client);
    else relay(engine, client, scenario.target, 5_000);
  };
  client.handler = new WatchedHandler(client, {
    onData(bytes): void {
      kept.push(...bytes);
      if (scenario.afterEnd !== true) giveBack();
    },
    onEnd(): void {
      if (scenario.afterEnd === true) giveBack();
    },
  });
  calling(() => client.resume());
}

function echo(client: Connection): void {
  client.handler = new WatchedHandler(client, {
    onData(bytes): void {
      if (!calling(() => client.write(bytes))) calling(() => client.pause());
    },
    onDrain(): void {
      calling(() => client.resume());
    },
    onEnd(): void {
      report({ type: "ended" });
      calling(() => client.end());
    },
  });
  calling(() => client.resume());
}

function greet(client: Connection): void {
  client.handler = new WatchedHandler(client, {});
  calling(() => client.write(new Uint8Array([7])));
  calling(() => client.end());
  calling(() => client.resume());
}

function flood(engine: Engine, client: Connection, scenario: Extract<Scenario, { mode: "flood" }>): void {
  const piece = new Uint8Array(FLOOD_PIECE_BYTES);
  let written = 0;
  const write = (): void => {
    while (written < scenario.bytes) {
      written += piece.length;
      if (calling(() => client.write(piece)) || !scenario.heedful) continue;
      return report({ type: "blocked", written });
    }
    if (scenario.finish === "end") calling(() => client.end());
    else handler.finish(scenario.finish);
    report({ type: "finished", lingering: engine.lingering });
    engine.whenFlushed(() => report({ type: "flushed", lingering: engine.lingering }));
  };
  const handler = new WatchedHandler(client, { onDrain: write });
  client.handler = handler;
  if (scenario.paused !== true) calling(() => client.resume());
  write();
}

function pause(engine: Engine, client: Connection, pauseMs: number): void {
  let total = 0;
  let bytesWhilePaused = 0;
  let isPaused = false;
  client.handler = new WatchedHandler(client, {
    onData(bytes): void {
      if (isPaused) bytesWhilePaused += bytes.length;
      total += bytes.length;
      if (total !== bytes.length) return;
      isPaused = true;
      calling(() => client.pause());
      report({ type: "paused" });
      engine.timer(pauseMs, () => {
        report({ type: "resumed", bytesWhilePaused });
        isPaused = false;
        calling(() => client.resume());
      });
    },
    onEnd(): void {
      if (isPaused) report({ type: "violation", what: "onEnd while paused" });
      report({ type: "received", bytes: total });
      calling(() => client.end());
    },
  });
  calling(() => client.resume());
}

function connect(engine: Engine, scenario: Extract<Scenario, { mode: "connect" }>): void {
  const startedAt = engine.now();
  let isOver = false;
  const outcome = (name: string): void => {
    calledBack(name);
    if (isOver) report({ type: "violation", what: `${name} after the outcome` });
    isOver = true;
  };
  const attempt: Attempt = calling(() =>
    engine.connect(scenario.target, connectOptions(scenario.timeoutMs), {
      onOpen(connection): void {
        outcome("onOpen");
        report({ type: "connected" });
        connection.close();
      },
      onFail(error): void {
        outcome("onFail");
        report({ type: "connect_failed", code: error.code, afterMs: engine.now() - startedAt });
      },
    })
  );
  const cancel = (): void => {
    calling(() => attempt.cancel());
    calling(() => attempt.cancel());
    isOver = true;
    report({ type: "cancelled" });
  };
  if (scenario.cancelAfterMs === 0) cancel();
  else if (scenario.cancelAfterMs !== null) engine.timer(scenario.cancelAfterMs, cancel);
}

function timers(engine: Engine): void {
  const startedAt = performance.now();
  const start = (name: string, delayMs: number, then: () => void = () => {}): { cancel(): void } =>
    calling(() =>
      engine.timer(delayMs, () => {
        calledBack(`timer ${name}`);
        report({ type: "timer", name, afterMs: performance.now() - startedAt });
        then();
      })
    );
  const never = start("cancelled before", 20);
  const late = start("cancelled by another", 400);
  start("third", 300, () => late.cancel());
  start("second", 200, () => void start("nested", 150));
  const first = start("first", 100);
  start("at once", 0, () => never.cancel());
  never.cancel();
  never.cancel();
  start("last", 600, () => {
    first.cancel();
    report({ type: "finished" });
  });
}

function connectOptions(timeoutMs: number): ConnectOptions {
  return { timeoutMs, tcp: TCP };
}
