import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteReader } from "../../../../../src/control/dns/wire/byte_reader.ts";
import { encodeName, readName } from "../../../../../src/control/dns/wire/name.ts";
import { WireError } from "../../../../../src/control/dns/wire/wire_error.ts";

/** Reads the name at an offset of a message. */
function read(bytes: readonly number[], at = 0): { name: string; end: number } {
  const reader = new ByteReader(Uint8Array.from(bytes), at);
  return { name: readName(reader), end: reader.at };
}

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const label = (text: string): number[] => [text.length, ...ascii(text)];

Deno.test("a name is its labels, and the root's empty one", () => {
  assert.deepEqual([...encodeName("my_svc.test")], [...label("my_svc"), ...label("test"), 0]);
  assert.deepEqual(encodeName("a.test."), encodeName("a.test"));
  assert.deepEqual(read([...label("My_SVC"), ...label("TEST"), 0]), { name: "my_svc.test", end: 13 });
  assert.deepEqual(read([0]), { name: "", end: 1 });
});

Deno.test("what cannot be asked for is refused", () => {
  const long = "x".repeat(63);
  assert.equal(encodeName(`${long}.${long}.${long}.${"x".repeat(61)}`).length, 255);
  for (
    const name of [
      "",
      ".",
      "a..b",
      ".a",
      "a..",
      `${long}x`,
      `${long}.${long}.${long}.${"x".repeat(62)}`,
      "bücher.example",
      "a b",
    ]
  ) {
    assert.throws(() => encodeName(name), WireError, name);
  }
});

Deno.test("pointers lead back to labels, and reading goes on behind the first", () => {
  const message = [...label("test"), 0, ...label("a"), 0xc0, 0, ...label("b"), 0xc0, 6, 0xc0, 10];
  assert.deepEqual(read(message, 6), { name: "a.test", end: 10 });
  assert.deepEqual(read(message, 10), { name: "b.a.test", end: 14 });
  assert.deepEqual(read(message, 14), { name: "b.a.test", end: 16 });
});

Deno.test("pointers that lead on, to themselves or in a circle end nowhere", () => {
  const cases: [number[], number][] = [
    [[0xc0, 0], 0],
    [[0xc0, 2, 0], 0],
    [[0xc0, 2, 0xc0, 0], 2],
    [[...label("a"), 0xc0, 0], 0],
    [[...label("a"), 0xc0, 4, ...label("b"), 0xc0, 0], 4],
    [[0xff, 0xff], 0],
  ];
  for (const [bytes, at] of cases) assert.throws(() => read(bytes, at), WireError, String(bytes));
});

Deno.test("a long row of pointers is given up soon", () => {
  const pointers = Array.from({ length: 5_000 }, (_, i) => {
    const target = i === 0 ? 0 : 1 + 2 * (i - 1);
    return [0xc0 | target >>> 8, target & 0xff];
  }).flat();
  assert.equal(read([0, ...pointers], 1 + 2 * 126).name, "");
  assert.throws(() => read([0, ...pointers], 1 + 2 * 127), WireError);
});

Deno.test("names that are cut off, too long, or of unknown labels are refused", () => {
  const long = label("x".repeat(63));
  assert.equal(read([...long, ...long, ...long, ...label("x".repeat(61)), 0]).name.length, 253);
  for (
    const bytes of [
      [],
      [1],
      [5, ...ascii("test")],
      label("test"),
      [0xc0],
      [0x40, 0],
      [0x80, 0],
      [...long, ...long, ...long, ...label("x".repeat(62)), 0],
      // A pointer to its own first label would make a name of any length.
      Array.from({ length: 200 }, () => label("x")).flat(),
    ]
  ) {
    assert.throws(() => read(bytes), WireError, String(bytes.length));
  }
});

Deno.test("a byte that could be taken for a dot, or cannot be seen, is written out", () => {
  assert.equal(read([...label("a.b"), 0]).name, "a\\046b");
  assert.equal(read([...label("a\\b"), 0]).name, "a\\092b");
  assert.equal(read([4, 0, 10, 0x7f, 0xff, 0]).name, "\\000\\010\\127\\255");
});

Deno.test("property: whatever can be written is read back, wherever it stands", () => {
  const labels = fc.array(fc.stringMatching(/^[a-z0-9_-]{1,20}$/), { minLength: 1, maxLength: 10 });
  fc.assert(fc.property(labels, fc.uint8Array({ maxLength: 50 }), (parts, before) => {
    const name = parts.join(".");
    const bytes = encodeName(name);
    const all = [...before, ...bytes, 7];
    assert.deepEqual(read(all, before.length), { name, end: before.length + bytes.length });
  }));
});

Deno.test("property: different labels never give the same name", () => {
  const labels = fc.array(fc.uint8Array({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
  const wire = (parts: readonly Uint8Array[]): number[] => [
    ...parts.flatMap((part) => [part.length, ...part]),
    0,
  ];
  const lower = (bytes: readonly number[]): string =>
    bytes.map((byte) => byte >= 65 && byte <= 90 ? byte + 32 : byte).join();
  fc.assert(fc.property(labels, labels, (one, other) => {
    assert.equal(read(wire(one)).name === read(wire(other)).name, lower(wire(one)) === lower(wire(other)));
  }));
});
