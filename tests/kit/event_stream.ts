import { within } from "./within.ts";

/** One server-sent event. */
export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  /** Read back from JSON. */
  readonly data: Record<string, unknown>;
}

/** Reads server-sent events from an answer, as browsers do. */
export class EventStream implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(response: Response) {
    if (response.body === null) throw new Error("The answer has no body");
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next event; lines without meaning are passed over. Rejects when none comes in time, or the stream ends. */
  async next(): Promise<ServerSentEvent> {
    while (true) {
      const block = await this.block();
      const fields = new Map(
        block.split("\n").map((line): [string, string] => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
        }),
      );
      const data = fields.get("data");
      if (data !== undefined) {
        return { id: fields.get("id") ?? "", event: fields.get("event") ?? "", data: JSON.parse(data) };
      }
    }
  }

  /** The next block of lines, whatever it is. */
  async block(): Promise<string> {
    while (true) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { value, done } = await within("an event", this.#reader.read());
      if (done) throw new Error("The stream ended");
      this.#text += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}
