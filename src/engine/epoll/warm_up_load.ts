import type { SocketAddress } from "../../model/address.ts";
import { Errno, Sock } from "./constants.ts";
import { encodeAddress } from "./layout.ts";
import { type Libc, NativeBuffer, openLibc } from "./libc.ts";
import { duplicate, ListeningSocket } from "./listening_socket.ts";

/** Clients at once. */
const CLIENTS = 32;
const BACKLOG = 256;
const BUFFER_BYTES = 4096;
const LOOPBACK: SocketAddress = { ip: "127.0.0.1", port: 0 };

/** What clients and the target of a {@link WarmUpLoad} say. Each message fits into one packet. */
export interface WarmUpScript {
  /** What a client sends, by number of the client and of its message; null when it has said all, and closes. */
  request(client: number, message: number): Uint8Array<ArrayBuffer> | null;
  /** What the target answers. A client knows by the last byte that it has all of an answer. */
  readonly answer: Uint8Array<ArrayBuffer>;
  /** Where clients connect to. */
  readonly address: SocketAddress;
}

/** A client's socket. */
interface Client {
  readonly descriptor: number;
  readonly number: number;
  sent: number;
}

/**
 * Clients and a target on loopback that a thread plays itself between turns of its engine: so its code meets real
 * sockets before real clients come. They use the C library alone, no part of the engine: what the engine's code has
 * met afterwards, and is compiled for, are the kinds of objects that it will meet in service.
 */
export class WarmUpLoad {
  readonly #libc: Libc;
  readonly #listening: ListeningSocket;
  /** A descriptor of our own of the target's listening socket, which does not block. */
  readonly #acceptor: number;
  readonly #buffer = new NativeBuffer(BUFFER_BYTES);
  readonly #size = BigInt(BUFFER_BYTES);
  readonly #fronts: ListeningSocket[] = [];
  #served: number[] = [];
  #clients: Client[] = [];
  #started = 0;
  #isClosed = false;

  /** @throws {NetError} when there is no descriptor left, or the engine does not work here. */
  constructor() {
    const opened = openLibc();
    if (!opened.ok) throw new RangeError(`Cannot warm up: ${opened.reason}`);
    this.#libc = opened.libc;
    this.#listening = ListeningSocket.open(LOOPBACK, BACKLOG);
    this.#acceptor = duplicate(this.#libc, this.#listening.descriptor);
  }

  /** Where the target is. */
  get target(): SocketAddress {
    return this.#listening.address;
  }

  /** A listening socket for the thread to adopt; it is closed with the load. */
  openFront(): Pick<ListeningSocket, "descriptor" | "address"> {
    const front = ListeningSocket.open(LOOPBACK, BACKLOG);
    this.#fronts.push(front);
    return front;
  }

  /**
   * One step of every client, and of the target. Call it between turns of the engine.
   * @param goesOn new clients come in the place of those that have said all.
   * @returns whether clients are left.
   */
  step(script: WarmUpScript, goesOn: boolean): boolean {
    while (goesOn && this.#clients.length < CLIENTS && this.#open(script));
    this.#serve(script.answer);
    this.#clients = this.#clients.filter((client) => this.#advance(client, script));
    return this.#clients.length > 0;
  }

  /** Closes everything. Twice is harmless. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { call } = this.#libc;
    for (const descriptor of [...this.#served, ...this.#clients.map((client) => client.descriptor)]) {
      call.close(descriptor);
    }
    this.#served = [];
    this.#clients = [];
    if (this.#acceptor >= 0) call.close(this.#acceptor);
    this.#listening.close();
    for (const front of this.#fronts) front.close();
  }

  /** @returns false when no client can be started. */
  #open(script: WarmUpScript): boolean {
    const { call } = this.#libc;
    const descriptor = call.socket(Sock.AF_INET, Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC, 0);
    if (descriptor < 0) return false;
    const { buffer, length } = encodeAddress(script.address);
    const isUnderWay = call.connect(descriptor, buffer.pointer, length) === 0 ||
      this.#libc.errno === Errno.EINPROGRESS;
    const client = { descriptor, number: this.#started++, sent: 0 };
    if (isUnderWay && this.#send(client, script)) return this.#clients.push(client) > 0;
    call.close(descriptor);
    return false;
  }

  /** @returns false when it has said all. */
  #send(client: Client, script: WarmUpScript): boolean {
    const bytes = script.request(client.number, client.sent++);
    if (bytes === null) return false;
    this.#libc.call.sendArray(client.descriptor, bytes, BigInt(bytes.length), Sock.MSG_NOSIGNAL);
    return true;
  }

  /** @returns false when the client is gone. */
  #advance(client: Client, script: WarmUpScript): boolean {
    const count = this.#libc.call.recv(client.descriptor, this.#buffer.pointer, this.#size, 0);
    if (count < 0 && this.#libc.errno === Errno.EAGAIN) return true;
    const isWhole = count > 0 && this.#buffer.bytes[count - 1] === script.answer.at(-1);
    if (count > 0 && (!isWhole || this.#send(client, script))) return true;
    this.#libc.call.close(client.descriptor);
    return false;
  }

  /** The target takes who waits, and answers each message. */
  #serve(answer: Uint8Array<ArrayBuffer>): void {
    const { call } = this.#libc;
    for (;;) {
      const descriptor = call.accept4(this.#acceptor, null, null, Sock.NONBLOCK | Sock.CLOEXEC);
      if (descriptor < 0) break;
      this.#served.push(descriptor);
    }
    this.#served = this.#served.filter((descriptor) => {
      const count = call.recv(descriptor, this.#buffer.pointer, this.#size, 0);
      if (count < 0 && this.#libc.errno === Errno.EAGAIN) return true;
      if (count > 0) call.sendArray(descriptor, answer, BigInt(answer.length), Sock.MSG_NOSIGNAL);
      else call.close(descriptor);
      return count > 0;
    });
  }
}
