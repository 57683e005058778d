/** Receives from a mailbox while it blocks; answers each message with its length and checksum, and `end` stops it. */
import type { MailboxShare } from "../../../../src/engine/epoll/mailbox.ts";
import { EpollEngine } from "../../../../src/engine/epoll/engine.ts";
import { checksum } from "./checksum_text.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<MailboxShare>) => void) | null;
  postMessage(message: string): void;
  close(): void;
};

scope.onmessage = (event) => {
  const gate = { words: new Int32Array(new SharedArrayBuffer(4)), index: 0 };
  const engine = new EpollEngine({ clock: { wallTime: Date.now }, gate, mailbox: event.data });
  engine.run((text) => {
    scope.postMessage(checksum(text));
    if (text === "end") engine.shutdown();
  });
  scope.close();
};
