import type { Clock } from "../base/clock.ts";
import type { SocketAddress } from "../model/address.ts";
import type { GateWord } from "./accept_gate.ts";
import { ConnectChecker } from "./epoll/connect_checker.ts";
import { DenoEngine } from "./deno/engine.ts";
import type { Engine, EngineName, ListenSettings } from "./engine.ts";
import { MAX_DESCRIPTORS } from "./epoll/descriptor_ledger.ts";
import { EpollEngine } from "./epoll/engine.ts";
import { openLibc } from "./epoll/libc.ts";
import { ListeningSocket } from "./epoll/listening_socket.ts";
import type { MailboxShare } from "./epoll/mailbox.ts";
import { MailboxSender } from "./epoll/mailbox_sender.ts";
import { WarmUpLoad } from "./epoll/warm_up_load.ts";
import { selfTest } from "./epoll/self_test.ts";

export { toNetError } from "./deno/net_error.ts";
export { MAX_PIPES } from "./epoll/pipe_pool.ts";
export { reclaim } from "./epoll/reclaim.ts";
export { isBackground } from "./epoll/foreground.ts";
export type { ListeningSocket } from "./epoll/listening_socket.ts";
export type { MailboxSender } from "./epoll/mailbox_sender.ts";
export { countDescriptors } from "./epoll/open_descriptors.ts";
export type { WarmUpLoad, WarmUpScript } from "./epoll/warm_up_load.ts";
export { lowerPriority, priorityObstacle, threadNice } from "./epoll/thread_priority.ts";

/** What every engine is made from. */
export interface EngineOptions {
  readonly clock: Clock;
  /** Where failing accepts of the whole process are paced; a private word where there is one thread alone. */
  readonly gate: GateWord;
  /** For an engine that blocks its thread: where it hears control. */
  readonly mailbox?: MailboxShare | undefined;
  /** For such an engine: where it notes its descriptors, see {@link newDescriptorLedger}. */
  readonly ledger?: SharedArrayBuffer | undefined;
}

/**
 * Makes an engine: the only place that knows which there are.
 * @throws {RangeError} naming the known ones, when there is none of that name.
 * @throws {NetError} when it does not work on this machine.
 */
export function createEngine(name: EngineName, options: EngineOptions): RunnableEngine {
  switch (name) {
    case "deno":
      return new DenoEngine(options);
    case "epoll":
      return new EpollEngine(options);
    default:
      throw new RangeError(`Unknown engine "${name}": known are deno, epoll`);
  }
}

/** An engine and how its thread is kept going. */
export interface RunnableEngine extends Engine {
  /**
   * Serves until `shutdown`, blocking the thread, and hands over what control says; null where the thread's event loop
   * does all that.
   */
  readonly run: ((onMessage: (text: string) => void) => void) | null;
}

/** An engine whose thread can serve what is there and go on with something else. */
export type TurningEngine = Engine & Pick<EpollEngine, "turn">;

/** What a thread warms up with, see {@link WarmUpLoad}; null for engines that leave turns to the event loop. */
export function openWarmUpLoad(engine: Engine): { engine: TurningEngine; load: WarmUpLoad } | null {
  return engine instanceof EpollEngine ? { engine, load: new WarmUpLoad() } : null;
}

/** Why an engine does not work here, null when it does. `epoll` tries itself out, which takes some milliseconds. */
export function unsupportedReason(name: EngineName): string | null {
  if (name === "deno") return null;
  if (Deno.build.os !== "linux") return `it needs Linux, this is ${Deno.build.os}`;
  const result = selfTest();
  return result.ok ? null : result.reason;
}

/**
 * A listening socket that belongs to the process, for engines that adopt them.
 * @throws {NetError} as `Engine.listen`.
 */
export function openListeningSocket(address: SocketAddress, settings: ListenSettings): ListeningSocket {
  const socket = ListeningSocket.open(address, settings.backlog);
  // Clients may come before a thread has adopted it.
  socket.set(settings);
  return socket;
}

/** A way to speak to a thread that blocks in the kernel. @throws {NetError} where there is none, or no descriptor. */
export function newMailbox(): MailboxSender {
  const opened = openLibc();
  if (!opened.ok) throw new RangeError(`Cannot make a mailbox: ${opened.reason}`);
  return new MailboxSender(opened.libc);
}

/** Tries many addresses at little cost, see {@link ConnectChecker}; null where the system's own calls cannot be had. */
export function newConnectChecker(clock: Pick<Clock, "timer">): Pick<ConnectChecker, "check"> | null {
  const opened = openLibc();
  return opened.ok ? new ConnectChecker(opened.libc, clock) : null;
}

/** Memory for the descriptors of one thread; pages are committed as they are touched. */
export function newDescriptorLedger(): SharedArrayBuffer {
  return new SharedArrayBuffer(MAX_DESCRIPTORS);
}
