import type { ByteWriter } from "../../../base/output_queue.ts";

/**
 * A standard stream that several write to. Each write is whole before the next begins, so that lines are not torn: a pipe
 * takes large ones in parts.
 */
class StandardStream implements ByteWriter {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly stream: ByteWriter) {}

  write(bytes: Uint8Array): Promise<number> {
    const writing = this.#turn.then(() => this.#writeAll(bytes));
    this.#turn = writing.catch(() => {});
    return writing;
  }

  async #writeAll(bytes: Uint8Array): Promise<number> {
    for (let at = 0; at < bytes.length;) at += await this.stream.write(bytes.subarray(at));
    return bytes.length;
  }
}

/** The standard streams of the process. */
export const standardStreams: Readonly<Record<"stdout" | "stderr", ByteWriter>> = {
  stdout: new StandardStream(Deno.stdout),
  stderr: new StandardStream(Deno.stderr),
};
