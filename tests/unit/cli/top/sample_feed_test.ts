import assert from "node:assert/strict";
import { FproxyError } from "../../../../src/base/errors.ts";
import type { AdminEvent, StreamOptions } from "../../../../src/cli/admin/event_stream.ts";
import { SampleFeed } from "../../../../src/cli/top/sample_feed.ts";
import { eventually } from "../../../kit/eventually.ts";
import { sampleOf } from "./samples.ts";

const ACCESS = { address: { host: "127.0.0.1", port: 1 }, note: "", token: "", certificates: {} };

/** Streams that a test writes to. */
class Streams {
  readonly opened: {
    readonly path: string;
    readonly signal: AbortSignal;
    send(revision: number): void;
    fail(error: Error): void;
  }[] = [];
  readonly told: (number | string)[] = [];
  readonly feed = new SampleFeed(ACCESS, 500, {
    onSample: ({ proxy }) => void this.told.push(proxy.revision),
    onLost: ({ message }) => void this.told.push(`lost: ${message}`),
    onFailure: (error) => void this.told.push(`failed: ${error instanceof Error ? error.message : ""}`),
  }, (_, options) => this.#open(options));

  async *#open({ path, signal }: StreamOptions): AsyncGenerator<AdminEvent> {
    const waiting: (AdminEvent | Error)[] = [];
    let wake = (): void => {};
    const push = (item: AdminEvent | Error): void => {
      waiting.push(item);
      wake();
    };
    const send = (revision: number): void => {
      const sample = sampleOf({});
      push({
        id: "",
        event: "sample",
        data: JSON.stringify({ ...sample, proxy: { ...sample.proxy, revision } }),
      });
    };
    this.opened.push({ path, signal, send, fail: push });
    signal.addEventListener("abort", () => wake());
    while (!signal.aborted) {
      const item = waiting.shift();
      if (item instanceof Error) throw item;
      if (item !== undefined) yield item;
      else await new Promise<void>((resolve) => wake = resolve);
    }
  }

  async has(...told: readonly (number | string)[]): Promise<void> {
    await eventually(told.join(), () => JSON.stringify(this.told) === JSON.stringify(told) || this.told);
  }
}

Deno.test("details of another app are asked for beside what runs, which ends once they come", async () => {
  const streams = new Streams();
  streams.feed.start();
  streams.opened[0]?.send(1);
  await streams.has(1);
  streams.feed.detail("web");
  streams.feed.detail("web");
  assert.deepEqual(streams.opened.map(({ path }) => path), [
    "/api/v1/samples?interval=500ms",
    "/api/v1/samples?interval=500ms&app=web",
  ]);
  streams.opened[0]?.send(2);
  await streams.has(1, 2);
  streams.opened[1]?.send(3);
  await streams.has(1, 2, 3);
  assert.deepEqual(streams.opened.map(({ signal }) => signal.aborted), [true, false]);
  streams.feed.detail("a");
  streams.feed.detail("b");
  assert.deepEqual(streams.opened.map(({ signal }) => signal.aborted), [true, false, true, false]);
  streams.feed.close();
  assert.ok(streams.opened.every(({ signal }) => signal.aborted));
});

Deno.test("a stream that was to take another's place and cannot is no failure, and is tried again", async () => {
  const streams = new Streams();
  streams.feed.start();
  streams.opened[0]?.send(1);
  await streams.has(1);
  streams.feed.detail("web");
  streams.opened[1]?.fail(new FproxyError("admin", "full", "internal", true));
  await eventually("another try", () => {
    streams.feed.detail("web");
    return streams.opened.length === 3;
  });
  assert.deepEqual(streams.told, [1]);
  streams.feed.close();
});

Deno.test("who does not answer the first time is a failure", async () => {
  const streams = new Streams();
  streams.feed.start();
  streams.opened[0]?.fail(new FproxyError("admin", "refused", "internal", true));
  await streams.has("failed: refused");
  streams.feed.close();
});
