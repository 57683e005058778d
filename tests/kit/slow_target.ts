import { TcpServer, type TcpServerOptions } from "./tcp_server.ts";

/** Options of a slow target. */
export interface SlowTargetOptions extends TcpServerOptions {
  /** Bytes it reads a second, in ten steps; 0 (the default) never reads. */
  readonly bytesPerSecond?: number;
}

/** A target that reads slowly, or never, and never answers. */
export class SlowTarget extends TcpServer {
  /** Bytes read from all connections. */
  received = 0;

  constructor(options: SlowTargetOptions = {}) {
    const stopped = Promise.withResolvers<void>();
    super(async (connection) => {
      const step = Math.ceil((options.bytesPerSecond ?? 0) / 10);
      if (step === 0) return await stopped.promise;
      const buffer = new Uint8Array(step);
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) return;
        this.received += count;
        if (await isStopped(stopped.promise, 100)) return;
      }
    }, options);
    this.#stop = stopped.resolve;
  }

  readonly #stop: () => void;

  override [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    return super[Symbol.asyncDispose]();
  }
}

/** Waits, but no longer than until the stop. */
async function isStopped(stop: Promise<void>, delayMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const delay = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), delayMs));
  const stopped = await Promise.race([stop.then(() => true), delay]);
  clearTimeout(timer);
  return stopped;
}
