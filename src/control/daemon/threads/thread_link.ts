import { newDescriptorLedger, newMailbox, reclaim } from "../../../engine/mod.ts";
import type { EngineName } from "../../../engine/engine.ts";
import type { Command, Init } from "../../../model/messages.ts";
import { inParts } from "./in_parts.ts";
import type { StartedWorker } from "./start_worker.ts";

/** How control speaks to one data thread: a way that its engine hears. */
export interface ThreadLink {
  /** What the thread must be told at its start to hear. */
  readonly share: Pick<Init, "mailbox" | "ledger">;
  send(worker: StartedWorker, command: Command): void;
  /** The thread is gone: frees what it held outside its own memory. Once. */
  close(): void;
}

/** The link for threads of an engine. @throws {NetError} `exhausted` without descriptors. */
export function openLink(engine: EngineName): ThreadLink {
  return engine === "epoll" ? new MailboxLink() : messageLink;
}

/** An event loop hears messages. */
const messageLink: ThreadLink = {
  share: {},
  send: (worker, command) => inParts(command).forEach((part) => worker.postMessage(part)),
  close: () => {},
};

/** A thread that blocks in the kernel is woken by a descriptor, and its descriptors outlive it. */
class MailboxLink implements ThreadLink {
  readonly #mailbox = newMailbox();
  readonly #ledger = newDescriptorLedger();

  get share(): Pick<Init, "mailbox" | "ledger"> {
    return { mailbox: this.#mailbox.share, ledger: this.#ledger };
  }

  send(_worker: StartedWorker, command: Command): void {
    for (const part of inParts(command)) this.#mailbox.send(JSON.stringify(part));
  }

  close(): void {
    reclaim(this.#ledger);
    this.#mailbox.close();
  }
}
