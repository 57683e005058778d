import { Epoll, Errno } from "./constants.ts";
import type { MailboxShare } from "./mailbox.ts";
import { MailboxReceiver } from "./mailbox_receiver.ts";
import type { DescriptorOwner, Reactor, Task } from "./reactor.ts";
import { systemError } from "./system_error.ts";

/**
 * Wakes the engine's thread when control has sent a message, and hands it on: one message a turn, so that traffic is
 * served between the parts of a large rollout.
 */
export class MailboxWaker implements DescriptorOwner, Task {
  isQueued = false;
  readonly #reactor: Reactor;
  readonly #descriptor: number;
  readonly #receiver: MailboxReceiver;
  readonly #onMessage: (text: string) => void;
  #isDisposed = false;

  /** @throws {NetError} when the eventfd cannot be watched. */
  constructor(reactor: Reactor, share: MailboxShare, onMessage: (text: string) => void) {
    this.#reactor = reactor;
    this.#descriptor = share.wakeDescriptor;
    this.#receiver = new MailboxReceiver(share);
    this.#onMessage = onMessage;
    reactor.borrow(this.#descriptor, this);
    // Each write to an eventfd is an edge, so its count need never be read.
    if (reactor.watch(this.#descriptor, Epoll.IN | Epoll.ET)) return;
    throw systemError("watch the mailbox", reactor.libc.errno || Errno.ENOMEM, "internal");
  }

  onEvents(): void {
    this.#reactor.enqueue(this);
  }

  run(): void {
    if (this.#isDisposed) return;
    const mayHaveMore = this.#receiver.receive(this.#onMessage, 1);
    if (mayHaveMore && !this.#isDisposed) this.#reactor.enqueue(this);
  }

  /** The eventfd stays open: it is the sender's. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#reactor.unwatch(this.#descriptor);
  }
}
