import assert from "node:assert/strict";
import { AnswerWriter } from "../../../../src/data/http/exchange/answer_writer.ts";
import { SharedOutput } from "../../../../src/data/http/shared_output.ts";
import { answer, HttpWorld, request } from "./http_world.ts";

const LEFT = /Cannot write for a client: 6 bytes of another wait in the shared output, not 0/;

Deno.test("a shared output is one user's until it is cleared, and gives nobody the bytes of another", () => {
  const output = new SharedOutput(16);
  const [one, other] = [{}, {}];
  output.for(one).text("sec");
  output.for(one).text("ret");
  assert.throws(() => output.for(other), LEFT);
  assert.throws(() => output.for(other), LEFT);
  output.clear();
  assert.equal(output.for(other).length, 0);
});

Deno.test("who wrote nothing keeps nobody out", () => {
  const output = new SharedOutput(16);
  assert.equal(output.for({}).length, 0);
  assert.equal(output.for({}).length, 0);
});

Deno.test("after a forgotten flush the next client gets an error instead of the bytes, of each kind of answer", () => {
  const { prototype } = AnswerWriter;
  const { flush } = prototype;
  const next: Record<string, (world: HttpWorld) => void> = {
    "an endpoint's": (world) => world.open(2).send(answer(200, "second")),
    "one of our own": (world) => void world.client(request("OPTIONS", "/", ["Max-Forwards: 0"])),
    "a refusal": (world) => void world.client("nonsense\r\n\r\n"),
  };
  for (const [name, go] of Object.entries(next)) {
    const world = new HttpWorld();
    const first = world.client(request());
    const second = world.client(request());
    const endpoint = world.open(1);
    try {
      prototype.flush = () => {};
      endpoint.send(answer(200, "first"));
    } finally {
      prototype.flush = flush;
    }
    assert.equal(first.read(), "", name);
    assert.throws(() => go(world), /bytes of another wait in the shared output/, name);
    assert.equal(second.read(), "", name);
  }
});

Deno.test("an endpoint gets no bytes of a request that another got", () => {
  const world = new HttpWorld();
  world.client(request());
  world.client(request());
  const { prototype } = SharedOutput;
  const { clear } = prototype;
  try {
    prototype.clear = () => {};
    world.open(1);
  } finally {
    prototype.clear = clear;
  }
  assert.throws(() => world.open(2), /bytes of another wait in the shared output/);
});
