import { connect, createServer, type Server, type Socket } from "node:net";
import { type Random, seededRandom } from "../../src/base/random.ts";
import type { SocketAddress } from "../../src/model/address.ts";
import { say } from "./programs.ts";

/** What goes wrong, as chances from 0 to 1. */
export interface Faults {
  /** A new connection is reset at once. */
  readonly resetOnConnect: number;
  /** Instead of passing a piece on, both sides are reset. */
  readonly resetOnData: number;
  /** Instead of passing a piece on, both sides get a FIN and are closed. */
  readonly closeOnData: number;
  /** A piece arrives as several small ones. */
  readonly split: number;
  /** A piece waits. */
  readonly delay: number;
  /** Longest wait, milliseconds. */
  readonly maxDelayMs: number;
}

/** How a {@link FaultyHop} is made. */
export interface FaultyHopOptions {
  readonly target: SocketAddress;
  /** Decides about every fault; chosen at random by default. Printed either way. */
  readonly seed?: number;
  /** Each is 0 by default. */
  readonly faults: Partial<Faults>;
}

const NO_FAULTS: Faults = {
  resetOnConnect: 0,
  resetOnData: 0,
  closeOnData: 0,
  split: 0,
  delay: 0,
  maxDelayMs: 0,
};
/** Longest part of a piece that is split. */
const MAX_SMALL_BYTES = 700;

/** A TCP hop in front of a target that breaks, splits and delays what passes through it. */
export class FaultyHop implements AsyncDisposable {
  readonly address: SocketAddress;
  readonly seed: number;
  /** Connections it has broken on purpose. */
  broken = 0;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #target: SocketAddress;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  private constructor(server: Server, address: SocketAddress, options: FaultyHopOptions) {
    this.#server = server;
    this.address = address;
    this.#target = options.target;
    this.seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
    this.#random = seededRandom(this.seed);
    this.#faults = { ...NO_FAULTS, ...options.faults };
    say(`faulty hop: seed ${this.seed}`);
  }

  /** Opens one. */
  static open(options: FaultyHopOptions): Promise<FaultyHop> {
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => hop.#serve(socket));
      let hop: FaultyHop;
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const bound = server.address();
        if (bound === null || typeof bound === "string") return reject(new Error("No TCP address"));
        hop = new FaultyHop(server, { ip: "127.0.0.1", port: bound.port }, options);
        resolve(hop);
      });
    });
  }

  /** Port of {@link address}. */
  get port(): number {
    return this.address.port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(client: Socket): void {
    this.#adopt(client);
    if (this.#happens(this.#faults.resetOnConnect)) return this.#reset(client);
    const target = connect({
      host: this.#target.ip,
      port: this.#target.port,
      allowHalfOpen: true,
      noDelay: true,
    });
    this.#adopt(target);
    this.#forward(client, target);
    this.#forward(target, client);
  }

  #adopt(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #forward(from: Socket, to: Socket): void {
    // Pieces are passed on one after the other, the FIN last.
    let passed: Promise<void> = Promise.resolve();
    from.on("data", (piece: Uint8Array) => {
      if (this.#happens(this.#faults.resetOnData)) return this.#reset(from, to);
      if (this.#happens(this.#faults.closeOnData)) return this.#close(from, to);
      from.pause();
      const bytes = piece.slice();
      passed = passed.then(() => this.#pass(bytes, to)).then(() => void from.resume());
    });
    from.on("end", () => passed = passed.then(() => void to.end()));
    from.on("error", () => to.resetAndDestroy());
  }

  async #pass(piece: Uint8Array, to: Socket): Promise<void> {
    if (this.#happens(this.#faults.delay)) await this.#wait(this.#random() * this.#faults.maxDelayMs);
    if (!this.#happens(this.#faults.split)) return await write(to, piece);
    for (let at = 0; at < piece.length && !to.destroyed;) {
      const length = 1 + Math.floor(this.#random() * MAX_SMALL_BYTES);
      await write(to, piece.subarray(at, at + length));
      await this.#wait(0);
      at += length;
    }
  }

  #reset(...sockets: Socket[]): void {
    this.broken++;
    for (const socket of sockets) socket.resetAndDestroy();
  }

  #close(...sockets: Socket[]): void {
    this.broken++;
    for (const socket of sockets) socket.destroy();
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, delayMs);
      this.#timers.add(timer);
    });
  }

  #happens(chance: number): boolean {
    return chance > 0 && this.#random() < chance;
  }
}

/** Resolves when the bytes are sent, or cannot be. */
function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.write(bytes, () => resolve());
  });
}
