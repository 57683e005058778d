/**
 * Entry of a data thread. The first message says who the thread is ({@link Init}); all later ones are commands.
 * @module
 */
import { systemClock } from "../base/clock.ts";
import { compactHeap } from "../base/compact_heap.ts";
import { errorMessage } from "../base/errors.ts";
import { systemRandom } from "../base/random.ts";
import type { Engine } from "../engine/engine.ts";
import { createEngine, openWarmUpLoad } from "../engine/mod.ts";
import { Board, Header } from "../model/board.ts";
import type { Command, Init, Report } from "../model/messages.ts";
import { DataThread } from "./data_thread.ts";
import { warmUp } from "./warm_up.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

/** Where control is heard and told. */
type Channel = Pick<MessagePort, "postMessage" | "onmessage">;

function start(init: Init, channel: Channel): void {
  const report = (message: Report): void => {
    // Records are handed over, not copied.
    channel.postMessage(message, "lines" in message ? [message.lines.buffer] : []);
  };
  const board = new Board(init.board);
  const gate = { words: board.words, index: Header.acceptGate };
  const { mailbox, ledger } = init;
  const engine = createEngine(init.engine, { clock: systemClock, gate, mailbox, ledger });
  try {
    prepare(init, engine);
  } catch (error) {
    // A cold thread serves as well, only slower.
    const fields = { error: errorMessage(error) };
    report({ type: "log", level: "warn", event: "warm_up_failed", fields });
  }
  let isFirst = true;
  const thread = new DataThread({
    engine,
    board,
    tables: init.tables,
    counters: new Float64Array(init.counters),
    clock: systemClock,
    random: systemRandom,
    report(message): void {
      if (message.type === "stopped") engine.shutdown();
      // What the start left behind is given back before control hears that this thread serves.
      if (message.type === "applied" && isFirst) compactHeap();
      isFirst &&= message.type !== "applied";
      report(message);
    },
  });
  report({ type: "ready" });
  if (engine.run === null) {
    channel.onmessage = (event: MessageEvent<Command>) => thread.handle(event.data);
  } else {
    // Blocks the thread: from here on only the engine hears what control says.
    engine.run((text) => thread.handle(JSON.parse(text) as Command));
  }
}

/** Warms up, where control wants it and the engine can. */
function prepare({ warmUp: wanted, tables, board }: Init, engine: Engine): void {
  if (wanted === undefined) return;
  const opened = openWarmUpLoad(engine);
  if (opened === null) return;
  const { slots } = new Board(board);
  try {
    warmUp(wanted, { ...opened, clock: systemClock, random: systemRandom, tables, slots });
  } finally {
    opened.load.close();
  }
}

/**
 * What the thread dies of is told to control, which ends it. Left alone, the runtime would first write it to standard error,
 * wait there for a reader that may be stalled, and only then tell anybody.
 */
function die(channel: Channel, event: Event, error: unknown): void {
  event.preventDefault();
  const stack = error instanceof Error ? error.stack : undefined;
  const message: Report = { type: "crashed", error: stack ?? errorMessage(error) };
  channel.postMessage(message);
  // It must touch nothing any more: control takes back what it held.
  scope.close();
}

scope.onmessage = ({ data, ports: [port] }: MessageEvent<Init>) => {
  // A thread that control did not start itself is given a port that leads to control.
  const channel = port ?? scope as unknown as Channel;
  scope.addEventListener("error", (event) => die(channel, event, event.error));
  scope.addEventListener("unhandledrejection", (event) => die(channel, event, event.reason));
  if (port === undefined) start(data, channel);
  else port.onmessage = (event: MessageEvent<Init>) => start(event.data, channel);
};
