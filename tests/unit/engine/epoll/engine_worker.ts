/** A data thread in small: relays each client of an adopted socket to a target, until it is told to end or to crash. */
import { EpollEngine } from "../../../../src/engine/epoll/engine.ts";
import type { MailboxShare } from "../../../../src/engine/epoll/mailbox.ts";
import type { Connection, Listener } from "../../../../src/engine/engine.ts";
import type { SocketAddress } from "../../../../src/model/address.ts";

/** The one message to the worker. */
export interface EngineWorkerInit {
  readonly mailbox: MailboxShare;
  readonly ledger: SharedArrayBuffer;
  /** Listening socket to adopt. */
  readonly descriptor: number;
  readonly target: SocketAddress;
}

/** What the worker tells: that it serves, that one more relay runs, that its listener is closed, that accepting failed, that it ended. */
export type EngineWorkerReport = "ready" | "relay" | "closed" | "exhausted" | "ended";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<EngineWorkerInit>) => void) | null;
  postMessage(message: EngineWorkerReport): void;
  close(): void;
};
const TCP = { noDelay: true, keepAlive: null, userTimeoutMs: 0 };

scope.onmessage = ({ data: init }) => {
  const gate = { words: new Int32Array(new SharedArrayBuffer(4)), index: 0 };
  const engine = new EpollEngine({ clock: { wallTime: Date.now }, gate, ...init });
  const serve = (client: Connection): void =>
    void engine.connect(init.target, { timeoutMs: 10_000, tcp: TCP }, {
      onOpen(target): void {
        engine.relay(client, target, { onHalfClose(): void {}, onDone(): void {} });
        scope.postMessage("relay");
      },
      onFail: () => client.reset(),
    });
  const listener: Listener = engine.listen(
    { ip: "127.0.0.1", port: 0 },
    { backlog: 1024, tcp: TCP, descriptor: init.descriptor },
    { onAccept: serve, onAcceptError: () => scope.postMessage("exhausted") },
  );
  scope.postMessage("ready");
  engine.run((text) => {
    if (text === "crash") throw new Error("This thread was told to crash");
    if (text === "pause") listener.pause();
    if (text === "close") listener.close(() => scope.postMessage("closed"));
    if (text === "end") engine.shutdown();
  });
  scope.postMessage("ended");
  scope.close();
};
