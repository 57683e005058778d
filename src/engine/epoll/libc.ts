/** The C library's functions that the engine calls. A size or result declared narrower than in C is explained below. */
const SYMBOLS = {
  /** man 3 errno: where this thread's errno lives (the name is the Linux Standard Base's). */
  __errno_location: { parameters: [], result: "pointer" },
  /** man 2 clock_gettime (clock, timespec). */
  clock_gettime: { parameters: ["i32", "pointer"], result: "i32" },
  /** man 2 epoll_create (flags). */
  epoll_create1: { parameters: ["i32"], result: "i32" },
  /** man 2 epoll_ctl (epoll, operation, descriptor, epoll_event). */
  epoll_ctl: { parameters: ["i32", "i32", "i32", "pointer"], result: "i32" },
  /** man 2 epoll_wait (epoll, epoll_event array, its length, milliseconds). */
  epoll_wait: { parameters: ["i32", "pointer", "i32", "i32"], result: "i32" },
  /** man 2 eventfd (start value, flags). */
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  /** man 2 socket (family, type, protocol). */
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  /** man 2 connect (socket, sockaddr, its length). */
  connect: { parameters: ["i32", "pointer", "u32"], result: "i32" },
  /** man 2 listen (socket, backlog): on a listening socket it changes the backlog. */
  listen: { parameters: ["i32", "i32"], result: "i32" },
  /** man 2 accept4 (socket, sockaddr out, its length in and out, flags). */
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },
  /** man 2 getsockname (socket, sockaddr out, its length in and out). */
  getsockname: { parameters: ["i32", "pointer", "pointer"], result: "i32" },
  /** man 2 getsockopt (socket, level, option, value out, its length in and out). */
  getsockopt: { parameters: ["i32", "i32", "i32", "pointer", "pointer"], result: "i32" },
  /** man 2 setsockopt (socket, level, option, value, its length). */
  setsockopt: { parameters: ["i32", "i32", "i32", "pointer", "u32"], result: "i32" },
  /** man 2 shutdown (socket, how). */
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  /** man 2 recv (socket, bytes, their number, flags). */
  recv: { parameters: ["i32", "pointer", "usize", "i32"], result: "i32" },
  /** man 2 send (socket, bytes, their number, flags). */
  send: { parameters: ["i32", "pointer", "usize", "i32"], result: "i32" },
  /** man 2 send, for bytes that are not pinned. */
  sendArray: { name: "send", parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  /** man 2 splice (from, its offset, to, its offset, length, flags). */
  splice: { parameters: ["i32", "pointer", "i32", "pointer", "usize", "u32"], result: "i32" },
  /** man 2 pipe (two descriptors out, flags). */
  pipe2: { parameters: ["pointer", "i32"], result: "i32" },
  /** man 2 fcntl (descriptor, command, argument); only for commands whose argument is an int. */
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  /** man 2 ioctl (descriptor, request, int out); only for requests that give an int. */
  ioctl: { parameters: ["i32", "usize", "pointer"], result: "i32" },
  /** man 2 write (descriptor, bytes, their number). */
  write: { parameters: ["i32", "pointer", "usize"], result: "i32" },
  /** man 2 setpriority (PRIO_PROCESS, thread or 0 for the caller, nice value). */
  setpriority: { parameters: ["i32", "u32", "i32"], result: "i32" },
  /** man 2 getpriority (PRIO_PROCESS, thread or 0 for the caller). */
  getpriority: { parameters: ["i32", "u32"], result: "i32" },
  /** man 2 getpgrp: the process group of the caller. */
  getpgrp: { parameters: [], result: "i32" },
  /** man 2 close (descriptor). */
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** What {@link openLibc} found. */
export type LibcResult = { readonly ok: true; readonly libc: Libc } | {
  readonly ok: false;
  /** For the log and the status, a clause without a full stop. */
  readonly reason: string;
};

/**
 * The C library of this thread. All foreign calls of fproxy are in this file.
 *
 * Deno compiles a call to a few nanoseconds (measured on 2.9.6: 5, an object by `buffer` 13) as long as every argument
 * is an `i32`, `u32`, `pointer`, `buffer`, or a `usize` given as bigint; a `usize` given as number costs 100. Lengths
 * therefore go in as bigint. Results of type `ssize_t` are declared `i32`: the engine never moves 2 GiB at once, and
 * the lower half of the result register is the whole value then, on x86-64 and arm64 alike.
 */
export class Libc {
  /** The functions, by their C names. */
  readonly call: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  readonly #errno: Int32Array;

  constructor(library: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.call = library.symbols;
    const location = this.call.__errno_location();
    if (location === null) throw new TypeError("__errno_location() gave no address");
    // The address is fixed for a thread's life, so reading errno needs no further call.
    this.#errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(location, 4));
  }

  /**
   * The reason of the last failure. The runtime may have made calls of its own in between, so a surprising value is to
   * be confirmed by calling again.
   */
  get errno(): number {
    return this.#errno[0] ?? 0;
  }
}

/** Memory at an address that stays the same; the address is valid as long as this object is reachable. */
export class NativeBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as 32-bit words. */
  readonly words: Int32Array<ArrayBuffer>;
  #pointer: Deno.PointerObject | null = null;

  /** @param length Bytes, a multiple of 8. */
  constructor(length: number) {
    // Made from an ArrayBuffer: the engine may keep small typed arrays on its heap, where they move.
    const memory = new ArrayBuffer(length);
    this.bytes = new Uint8Array(memory);
    this.words = new Int32Array(memory);
  }

  /** Made when first asked for: a thread without permission for foreign functions may load these modules. */
  get pointer(): Deno.PointerValue {
    return this.#pointer ??= Deno.UnsafePointer.of(this.bytes);
  }
}

/** One a thread: a second set of functions would make every call site polymorphic, and slow. */
let opened: LibcResult | null = null;

/** Opens glibc, once a thread. Fails where it is absent (musl, other systems) or foreign functions are not permitted. */
export function openLibc(): LibcResult {
  opened ??= tryOpen();
  return opened;
}

function tryOpen(): LibcResult {
  if (Deno.build.os !== "linux") return { ok: false, reason: `the system is ${Deno.build.os}, not linux` };
  try {
    return { ok: true, libc: new Libc(Deno.dlopen("libc.so.6", SYMBOLS)) };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      return { ok: false, reason: "foreign functions are not permitted (--allow-ffi)" };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `libc.so.6 could not be opened: ${message}` };
  }
}
