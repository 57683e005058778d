import { NetError } from "../../base/errors.ts";
import { Lingering } from "../lingering.ts";
import { TimerWheel } from "../timer_wheel.ts";
import { Epoll, Errno, LINGER_RESET, Misc, Sock } from "./constants.ts";
import { DescriptorKind, type DescriptorLedger } from "./descriptor_ledger.ts";
import type { EpollEventLayout } from "./layout.ts";
import { LateOptions } from "./late_options.ts";
import { type Libc, NativeBuffer } from "./libc.ts";
import { PipePool } from "./pipe_pool.ts";
import { StreamIo } from "./stream_io.ts";
import { systemError } from "./system_error.ts";

/** Events taken from the kernel at once. */
const EVENTS_PER_WAIT = 256;

/** The owner of a descriptor: is told its events, and closes it. */
export interface DescriptorOwner {
  /** @param events Bits of `Epoll`. */
  onEvents(events: number): void;
  /** Its keep-alive is not to be changed any more. */
  readonly isProbing?: boolean;
  /** Closes what it owns, without callbacks: the engine shuts down. */
  dispose(): void;
}

/** Something that goes on later in the same turn or in the next one. */
export interface Task {
  /** For the reactor alone: it is in the queue. */
  isQueued: boolean;
  /** Called once for each time it was queued. */
  run(): void;
}

/**
 * The heart of the engine: the epoll set, the table of descriptors, the timers, and what is queued for later.
 *
 * Every descriptor has one owner, by whom it is closed through {@link close}. An event carries the descriptor's
 * generation, which changes when it is closed: so an event of a connection that is gone never reaches the next one
 * with the same number.
 */
export class Reactor {
  readonly io: StreamIo;
  readonly pipes: PipePool;
  readonly wheel: TimerWheel;
  readonly lateOptions: LateOptions;
  readonly lingering: Lingering;
  /** Milliseconds on the monotonic clock, as of the start of the turn. */
  nowMs: number;
  /** Events of this turn: how busy the thread is. */
  eventCount = 0;

  readonly #owners: (DescriptorOwner | undefined)[] = [];
  readonly #generations: number[] = [];
  #tasks: Task[] = [];
  #spareTasks: Task[] = [];
  readonly #epoll: number;
  readonly #events: NativeBuffer;
  readonly #change: NativeBuffer;
  readonly #clock = new NativeBuffer(16);
  readonly #linger = new NativeBuffer(8);

  /** @throws {NetError} `exhausted` when there is no descriptor left for the epoll set. */
  constructor(
    readonly libc: Libc,
    readonly ledger: DescriptorLedger,
    readonly layout: EpollEventLayout,
  ) {
    this.io = new StreamIo(libc);
    this.pipes = new PipePool(libc, ledger);
    this.#events = new NativeBuffer(EVENTS_PER_WAIT * 16);
    this.#change = new NativeBuffer(16);
    this.#linger.words.set(LINGER_RESET);
    this.nowMs = this.clock();
    this.wheel = new TimerWheel(this.nowMs);
    this.lateOptions = new LateOptions(this);
    this.lingering = new Lingering((callback) => void this.wheel.add(0, callback));
    this.#epoll = libc.call.epoll_create1(Epoll.CLOEXEC);
    if (this.#epoll < 0) throw systemError("create an epoll set", libc.errno, "internal");
    if (ledger.note(this.#epoll, DescriptorKind.other)) return;
    libc.call.close(this.#epoll);
    throw tooHigh();
  }

  /** The monotonic clock itself, milliseconds (`CLOCK_MONOTONIC`; no system call on common machines). */
  clock(): number {
    this.libc.call.clock_gettime(Misc.CLOCK_MONOTONIC, this.#clock.pointer);
    const { words } = this.#clock;
    const seconds = (words[1] ?? 0) * 4_294_967_296 + ((words[0] ?? 0) >>> 0);
    return seconds * 1_000 + (words[2] ?? 0) / 1e6;
  }

  /** A delay for the wheel, whose present is that of the last turn. */
  delayFromNow(delayMs: number): number {
    return delayMs + this.clock() - this.wheel.nowMs;
  }

  /** Notes a new descriptor's owner. False when it cannot be noted; it is closed then. */
  own(descriptor: number, kind: Exclude<DescriptorKind, 0>, owner: DescriptorOwner): boolean {
    if (!this.ledger.note(descriptor, kind)) {
      this.libc.call.close(descriptor);
      return false;
    }
    this.#owners[descriptor] = owner;
    this.#generations[descriptor] ??= 0;
    return true;
  }

  /** Takes the events of a descriptor that belongs to somebody else. */
  borrow(descriptor: number, owner: DescriptorOwner): void {
    this.#owners[descriptor] = owner;
    this.#generations[descriptor] ??= 0;
  }

  /** Changes whenever the descriptor is closed, so that its number alone is not mistaken for it. */
  generation(descriptor: number): number {
    return this.#generations[descriptor] ?? 0;
  }

  /** Whether the owner has set keep-alive by itself. */
  isProbing(descriptor: number): boolean {
    return this.#owners[descriptor]?.isProbing === true;
  }

  /** Passes a descriptor and its events on to another owner. */
  handOver(descriptor: number, owner: DescriptorOwner): void {
    this.#owners[descriptor] = owner;
  }

  /** Adds a descriptor to the epoll set. False when the system refuses (limits of memory or of watches). */
  watch(descriptor: number, events: number): boolean {
    return this.#control(Epoll.ADD, descriptor, events);
  }

  /** Changes the events that a descriptor is watched for; those present are told again. */
  rewatch(descriptor: number, events: number): boolean {
    return this.#control(Epoll.MOD, descriptor, events);
  }

  /** Takes a descriptor out of the set. Needed only where the same file stays open: closing its last one does it too. */
  unwatch(descriptor: number): void {
    this.#owners[descriptor] = undefined;
    this.#control(Epoll.DEL, descriptor, 0);
  }

  /** Closes a descriptor that was {@link own}ed. */
  close(descriptor: number): void {
    this.#owners[descriptor] = undefined;
    this.#generations[descriptor] = ((this.#generations[descriptor] ?? 0) + 1) | 0;
    this.ledger.erase(descriptor);
    this.libc.call.close(descriptor);
  }

  /** As {@link close}, with an RST: what is not sent yet is dropped. */
  reset(socket: number): void {
    this.libc.call.setsockopt(socket, Sock.SOL_SOCKET, Sock.SO_LINGER, this.#linger.pointer, 8);
    this.close(socket);
  }

  /** Runs a task after the present events, or in the next turn when tasks are running now. */
  enqueue(task: Task): void {
    if (task.isQueued) return;
    task.isQueued = true;
    this.#tasks.push(task);
  }

  /**
   * One turn: waits for events, at most until the next timer; then serves events, timers and tasks.
   * @param maxWaitMs Longest wait, -1 for no limit.
   */
  turn(maxWaitMs: number): void {
    let waitMs = this.#tasks.length > 0 ? 0 : this.wheel.nextDelayMs(this.nowMs);
    if (maxWaitMs >= 0 && (waitMs < 0 || waitMs > maxWaitMs)) waitMs = maxWaitMs;
    const count = this.libc.call.epoll_wait(this.#epoll, this.#events.pointer, EVENTS_PER_WAIT, waitMs);
    const errno = count < 0 ? this.libc.errno : 0;
    this.nowMs = this.clock();
    if (count < 0 && errno !== Errno.EINTR) this.#confirmWaitError(errno);
    this.eventCount = count;
    // First of all: what is scheduled from here on counts from this turn, not from before the wait.
    this.wheel.advance(this.nowMs);
    this.#serve(count);
    this.#runTasks();
  }

  /** Disposes of every owner and closes the set. */
  shutdown(): void {
    this.lingering.forget();
    for (const owner of this.#owners) owner?.dispose();
    this.#tasks.length = 0;
    this.wheel.clear();
    this.pipes.clear();
    this.ledger.erase(this.#epoll);
    this.libc.call.close(this.#epoll);
  }

  #serve(count: number): void {
    const { words } = this.#events;
    const { stride, data } = this.layout;
    for (let event = 0, at = 0; event < count; event++, at += stride) {
      const descriptor = words[at + data] ?? 0;
      if (this.#generations[descriptor] !== words[at + data + 1]) continue;
      this.#owners[descriptor]?.onEvents(words[at] ?? 0);
    }
  }

  #runTasks(): void {
    const tasks = this.#tasks;
    if (tasks.length === 0) return;
    this.#tasks = this.#spareTasks;
    this.#spareTasks = tasks;
    for (const task of tasks) {
      task.isQueued = false;
      task.run();
    }
    tasks.length = 0;
  }

  #control(operation: number, descriptor: number, events: number): boolean {
    const { words, pointer } = this.#change;
    words[0] = events;
    words[this.layout.data] = descriptor;
    words[this.layout.data + 1] = this.#generations[descriptor] ?? 0;
    return this.libc.call.epoll_ctl(this.#epoll, operation, descriptor, pointer) === 0;
  }

  /** A set that cannot be waited for would spin for ever; a changed errno must not end the thread. */
  #confirmWaitError(errno: number): void {
    const count = this.libc.call.epoll_wait(this.#epoll, this.#events.pointer, EVENTS_PER_WAIT, 0);
    if (count >= 0) this.#serve(count);
    else if (this.libc.errno !== Errno.EINTR) throw systemError("wait for events", errno, "internal");
  }
}

/** A descriptor beyond what the ledger can note. */
export function tooHigh(): NetError {
  return new NetError(
    "exhausted",
    "Cannot use a descriptor: its number is above the highest that can be noted",
    "internal",
  );
}
