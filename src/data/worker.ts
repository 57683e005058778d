/**
 * Entry of a data thread. The first message says who the thread is ({@link Init}); all later ones are commands.
 * @module
 */
import { systemClock } from "../base/clock.ts";
import { systemRandom } from "../base/random.ts";
import { createEngine } from "../engine/mod.ts";
import { Board, Header } from "../model/board.ts";
import type { Command, Init, Report } from "../model/messages.ts";
import { DataThread } from "./data_thread.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

/** Where control is heard and told. */
type Channel = Pick<MessagePort, "postMessage" | "onmessage">;

function start(init: Init, channel: Channel): void {
  const report = (message: Report): void => {
    // Records are handed over, not copied.
    channel.postMessage(message, message.type === "access" ? [message.lines.buffer] : []);
  };
  const board = new Board(init.board);
  const gate = { words: board.words, index: Header.acceptGate };
  const { mailbox, ledger } = init;
  const engine = createEngine(init.engine, { clock: systemClock, gate, mailbox, ledger });
  const thread = new DataThread({
    engine,
    board,
    counters: new Float64Array(init.counters),
    clock: systemClock,
    random: systemRandom,
    report(message): void {
      if (message.type === "stopped") engine.shutdown();
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

function listen(channel: Channel): void {
  channel.onmessage = (event: MessageEvent<Init>) => start(event.data, channel);
}

// A thread that control did not start itself is given a port that leads to control.
scope.onmessage = ({ data, ports: [port] }: MessageEvent<Init>) =>
  port === undefined ? start(data, scope as unknown as Channel) : listen(port);
