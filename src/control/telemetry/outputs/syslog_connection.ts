import { lookup } from "node:dns/promises";
import type { Clock } from "../../../base/clock.ts";
import { SYSLOG_CONNECT_MAX_MS, SYSLOG_NAME_MAX_AGE_MS } from "../../../base/limits.ts";
import { formatSyslogAddress, type SyslogAddress } from "../../../model/syslog_address.ts";
import { beforeDeadline } from "./before_deadline.ts";

/** A way to a syslog receiver. */
export interface SyslogConnection {
  /** It is of no use any more; another one is to be opened for the next messages. */
  readonly isOver: boolean;
  /**
   * Sends messages, each with a newline behind it, which is not sent.
   * @returns bytes of those that were taken, one message at least.
   * @throws when the first one was not taken.
   */
  send(messages: Uint8Array): Promise<number>;
  close(): void;
}

/**
 * Opens a way to a receiver. A unix socket is taken as it is: for datagrams, or as a stream.
 * @throws when that fails.
 */
export async function connectSyslog(address: SyslogAddress, clock: Clock): Promise<SyslogConnection> {
  switch (address.transport) {
    case "unix":
      return await connectUnix(address.path);
    case "udp":
      return await openUdp(address.host, address.port, clock);
    case "tcp":
      return new Stream(await connectTcp(address, clock));
  }
}

const NEWLINE = 0x0a;

/** Each message in a datagram (RFC 5426). */
class Datagrams implements SyslogConnection {
  constructor(
    private readonly socket: Deno.DatagramConn,
    private readonly to: Deno.Addr,
    private readonly isOutdated: () => boolean = () => false,
  ) {}

  get isOver(): boolean {
    return this.isOutdated();
  }

  async send(messages: Uint8Array): Promise<number> {
    let sent = 0;
    while (sent < messages.length) {
      const end = messages.indexOf(NEWLINE, sent);
      try {
        await this.socket.send(messages.subarray(sent, end), this.to);
      } catch (error) {
        // The next call fails as well, and throws.
        if (sent > 0) break;
        throw error;
      }
      sent = end + 1;
    }
    return sent;
  }

  close(): void {
    this.socket.close();
  }
}

/** Messages behind each other, the length before each (octet counting, RFC 6587 section 3.4.1). */
class Stream implements SyslogConnection {
  isOver = false;

  constructor(private readonly conn: Deno.Conn) {
    void this.#watch();
  }

  async send(messages: Uint8Array): Promise<number> {
    const { frames, ends } = framed(messages);
    let written = 0;
    try {
      while (written < frames.length) written += await this.conn.write(frames.subarray(written));
    } catch (error) {
      this.isOver = true;
      // Those that went out whole are not sent again.
      const taken = ends.findLast(({ frame }) => frame <= written)?.message ?? 0;
      if (taken > 0) return taken;
      throw error;
    }
    return messages.length;
  }

  close(): void {
    this.isOver = true;
    try {
      this.conn.close();
    } catch {
      // It was closed before.
    }
  }

  /** A receiver that goes away is noticed before messages are lost to it. What it says is of no interest. */
  async #watch(): Promise<void> {
    const buffer = new Uint8Array(1024);
    try {
      while (await this.conn.read(buffer) !== null);
    } catch {
      // It is over either way.
    }
    this.isOver = true;
  }
}

/** Messages as a stream has them, and where each ends, there and here. */
function framed(
  messages: Uint8Array,
): { readonly frames: Uint8Array; readonly ends: readonly { frame: number; message: number }[] } {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const ends: { frame: number; message: number }[] = [];
  let frame = 0;
  for (let start = 0; start < messages.length;) {
    const end = messages.indexOf(NEWLINE, start);
    const length = encoder.encode(`${end - start} `);
    parts.push(length, messages.subarray(start, end));
    frame += length.length + end - start;
    start = end + 1;
    ends.push({ frame, message: start });
  }
  const frames = new Uint8Array(frame);
  let at = 0;
  for (const part of parts) {
    frames.set(part, at);
    at += part.length;
  }
  return { frames, ends };
}

async function connectTcp(
  address: Extract<SyslogAddress, { transport: "udp" | "tcp" }>,
  clock: Clock,
): Promise<Deno.Conn> {
  const opening = Deno.connect({ hostname: address.host, port: address.port });
  const message = `Cannot connect to ${formatSyslogAddress(address)}: no answer`;
  return await beforeDeadline(opening, clock, SYSLOG_CONNECT_MAX_MS, message);
}

/** A name is looked up again now and then: nobody tells a sender of datagrams that its receiver has moved. */
async function openUdp(host: string, port: number, clock: Clock): Promise<SyslogConnection> {
  const { address, family } = await lookup(host);
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: family === 6 ? "::" : "0.0.0.0",
    port: 0,
  });
  const until = clock.now() + SYSLOG_NAME_MAX_AGE_MS;
  return new Datagrams(socket, { transport: "udp", hostname: address, port }, () => clock.now() >= until);
}

/** EPROTOTYPE on Linux and on macOS: the socket is there, and of the other kind. */
const WRONG_TYPE = /\(os error (91|41)\)/;

async function connectUnix(path: string): Promise<SyslogConnection> {
  try {
    return new Stream(await Deno.connect({ transport: "unix", path }));
  } catch (error) {
    if (!(error instanceof Error) || !WRONG_TYPE.test(error.message)) throw error;
  }
  return new Datagrams(listenUnix(), { transport: "unixpacket", path });
}

/** A sender of datagrams needs a name of its own; on Linux one that is no file (man 7 unix, abstract). */
function listenUnix(): Deno.DatagramConn {
  const name = `fproxy-${crypto.randomUUID()}`;
  if (Deno.build.os === "linux") {
    return Deno.listenDatagram({ transport: "unixpacket", path: `\0${name}` });
  }
  const folder = Deno.makeTempDirSync({ prefix: "fproxy-" });
  const path = `${folder}/syslog`;
  try {
    return Deno.listenDatagram({ transport: "unixpacket", path });
  } finally {
    // Nobody answers, so it need not be found.
    Deno.removeSync(folder, { recursive: true });
  }
}
