import { Epoll, Errno, Misc, Sock } from "./constants.ts";
import { encodeAddress, type EpollEventLayout, epollEventLayout } from "./layout.ts";
import { type Libc, NativeBuffer, openLibc } from "./libc.ts";
import { duplicate, ListeningSocket } from "./listening_socket.ts";
import { localAddress } from "./socket.ts";

/** Whether the epoll engine works here. */
export type SelfTestResult = { readonly ok: true } | {
  readonly ok: false;
  /** For the log and the status, a clause without a full stop. */
  readonly reason: string;
};

/** Backlog of the listener that the test connects to. */
const BACKLOG = 8;
/** How long each step may take, milliseconds. */
const STEP_TIMEOUT_MS = 2_000;
const PATTERN = 0x5ca1ab1e;

/**
 * Tries everything that the engine stands on, once at start: the C library, struct layouts, errno, eventfd, taking over
 * and duplicating a descriptor, `accept4`, and `splice` between sockets. Takes some milliseconds; leaves nothing open.
 * @param arch The machine, for tests.
 */
export function selfTest(arch: typeof Deno.build.arch = Deno.build.arch): SelfTestResult {
  const layout = epollEventLayout(arch);
  if (layout === null) return { ok: false, reason: `struct layouts of the machine "${arch}" are not known` };
  const opened = openLibc();
  if (!opened.ok) return opened;
  const run = new Run(opened.libc, layout);
  try {
    run.checkAll();
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    run.close();
  }
}

class Run {
  readonly #libc: Libc;
  readonly #layout: EpollEventLayout;
  readonly #buffer = new NativeBuffer(64);
  readonly #open: number[] = [];
  #listening: ListeningSocket | null = null;

  constructor(libc: Libc, layout: EpollEventLayout) {
    this.#libc = libc;
    this.#layout = layout;
  }

  checkAll(): void {
    const epoll = this.#keep("epoll_create1", this.#libc.call.epoll_create1(Epoll.CLOEXEC));
    this.#checkEventLayout(epoll);
    const [client, accepted] = this.#connectPair(epoll);
    this.#checkErrno(accepted);
    this.#checkSplice(epoll, client, accepted);
  }

  close(): void {
    for (const descriptor of this.#open.splice(0)) this.#libc.call.close(descriptor);
    this.#listening?.close();
  }

  /** Two events at once, so that a wrong stride shows. */
  #checkEventLayout(epoll: number): void {
    const { call } = this.#libc;
    const data = [PATTERN, PATTERN + 1];
    for (const datum of data) {
      const descriptor = this.#keep("eventfd", call.eventfd(1, Misc.EFD_CLOEXEC | Misc.EFD_NONBLOCK));
      this.#watch(epoll, descriptor, Epoll.IN, datum);
    }
    const events = new NativeBuffer(64);
    const count = call.epoll_wait(epoll, events.pointer, 4, 0);
    const seen = [0, 1].map((index) => {
      const at = index * this.#layout.stride;
      const word = at + this.#layout.data;
      return [events.words[at], events.words[word], events.words[word + 1]].join();
    });
    const wanted = data.map((datum) => [Epoll.IN, datum, ~datum].join());
    if (count !== 2 || seen.toSorted().join(";") !== wanted.join(";")) {
      throw new Error(
        `the layout of struct epoll_event is not as expected: ${count} events, ${seen.join(";")}`,
      );
    }
    for (const descriptor of this.#open.slice(-2)) {
      call.epoll_ctl(epoll, Epoll.DEL, descriptor, this.#buffer.pointer);
    }
  }

  #connectPair(epoll: number): [number, number] {
    const { call } = this.#libc;
    this.#listening = ListeningSocket.open({ ip: "127.0.0.1", port: 0 }, BACKLOG);
    const listener = this.#keep("F_DUPFD_CLOEXEC", duplicate(this.#libc, this.#listening.descriptor));
    const type = Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC;
    const client = this.#keep("socket", call.socket(Sock.AF_INET, type, 0));
    const { buffer, length } = encodeAddress(this.#listening.address);
    if (call.connect(client, buffer.pointer, length) < 0 && this.#libc.errno !== Errno.EINPROGRESS) {
      throw new Error(`connect failed (errno ${this.#libc.errno})`);
    }
    this.#await(epoll, listener, Epoll.IN, "a connection to accept");
    const lengthWord = new NativeBuffer(8);
    lengthWord.words[0] = this.#buffer.bytes.length;
    const flags = Sock.NONBLOCK | Sock.CLOEXEC;
    const accepted = call.accept4(listener, this.#buffer.pointer, lengthWord.pointer, flags);
    this.#keep("accept4", accepted);
    const local = localAddress(this.#libc, accepted);
    if (
      local.ip !== "127.0.0.1" || local.port !== this.#listening.address.port ||
      lengthWord.words[0] !== length
    ) {
      throw new Error(`the layout of struct sockaddr_in is not as expected: ${local.ip}:${local.port}`);
    }
    return [client, accepted];
  }

  #checkErrno(emptySocket: number): void {
    const count = this.#libc.call.recv(emptySocket, this.#buffer.pointer, 1n, 0);
    const errno = this.#libc.errno;
    if (count !== -1 || errno !== Errno.EAGAIN) {
      throw new Error(`errno is not where it is expected: recv gave ${count} and errno ${errno}`);
    }
  }

  /** Bytes go from one socket through a pipe back into the other direction, and arrive as they were. */
  #checkSplice(epoll: number, client: number, accepted: number): void {
    const { call } = this.#libc;
    const ends = new NativeBuffer(8);
    if (call.pipe2(ends.pointer, Misc.O_NONBLOCK | Misc.O_CLOEXEC) < 0) throw new Error("pipe2 failed");
    const [readEnd = -1, writeEnd = -1] = ends.words;
    this.#open.push(readEnd, writeEnd);
    this.#buffer.words[0] = PATTERN;
    const flags = Misc.SPLICE_F_MOVE | Misc.SPLICE_F_NONBLOCK;
    const sent = call.send(client, this.#buffer.pointer, 4n, Sock.MSG_NOSIGNAL);
    this.#await(epoll, accepted, Epoll.IN, "bytes to splice");
    const into = call.splice(accepted, null, writeEnd, null, 64n, flags);
    const out = call.splice(readEnd, null, accepted, null, 4n, flags);
    this.#await(epoll, client, Epoll.IN, "spliced bytes");
    this.#buffer.words[0] = 0;
    const received = call.recv(client, this.#buffer.pointer, 4n, 0);
    if ([sent, into, out, received].some((count) => count !== 4) || this.#buffer.words[0] !== PATTERN) {
      throw new Error(`splice does not work: sent ${sent}, in ${into}, out ${out}, received ${received}`);
    }
  }

  #await(epoll: number, descriptor: number, events: number, what: string): void {
    this.#watch(epoll, descriptor, events, PATTERN);
    const count = this.#libc.call.epoll_wait(epoll, this.#buffer.pointer, 1, STEP_TIMEOUT_MS);
    if (count !== 1) throw new Error(`no event came: awaited ${what}`);
    this.#libc.call.epoll_ctl(epoll, Epoll.DEL, descriptor, this.#buffer.pointer);
  }

  #watch(epoll: number, descriptor: number, events: number, datum: number): void {
    const { words, pointer } = this.#buffer;
    words[0] = events;
    words[this.#layout.data] = datum;
    words[this.#layout.data + 1] = ~datum;
    if (this.#libc.call.epoll_ctl(epoll, Epoll.ADD, descriptor, pointer) < 0) {
      throw new Error(`epoll_ctl failed (errno ${this.#libc.errno})`);
    }
  }

  #keep(call: string, descriptor: number): number {
    if (descriptor < 0) throw new Error(`${call} failed (errno ${this.#libc.errno})`);
    this.#open.push(descriptor);
    return descriptor;
  }
}
