import assert from "node:assert/strict";
import { moduleFacts } from "./module_facts.ts";

Deno.test("module facts: every way to name another module", () => {
  const { references } = moduleFacts(
    "src/a.ts",
    `import { b } from "./b.ts";
import type { C } from "./c.ts";
export { d } from "./d.ts";
export type { E } from "./e.ts";
export * from "./f.ts";
type G = import("./g.ts").G;
const h = await import("./h.ts");
new Worker(new URL("../i.ts", import.meta.url));
new Worker(import.meta.resolve("./j.ts"));
const data = new URL("./data.txt", import.meta.url);
`,
  );
  assert.deepEqual(references, [
    { specifier: "./b.ts", kind: "code", line: 1 },
    { specifier: "./c.ts", kind: "type", line: 2 },
    { specifier: "./d.ts", kind: "code", line: 3 },
    { specifier: "./e.ts", kind: "type", line: 4 },
    { specifier: "./f.ts", kind: "code", line: 5 },
    { specifier: "./g.ts", kind: "type", line: 6 },
    { specifier: "./h.ts", kind: "dynamic", line: 7 },
    { specifier: "../i.ts", kind: "worker", line: 8 },
    { specifier: "./j.ts", kind: "worker", line: 9 },
  ]);
});

Deno.test("module facts: exports, and which have a doc comment", () => {
  const { exports } = moduleFacts(
    "src/a.ts",
    `/** Ünïcödé before, so that bytes and characters differ. */
export const a = "ä";
export const b = 1;
/** Doc. */

export function c(): void;
export function c(x?: number): void {}
// Not a doc comment.
export class D {}
/* Nor this. */
export interface E {}
/** Doc of something else. */
const x = 1;
export type F = number;
/** Doc. */
export default function g(): void {}
/** Doc. */
export async function* h(): AsyncGenerator<number> {}
/** Doc. */
export abstract class I {}
export enum J {}
export { x };
`,
  );
  const names = (documented: boolean): string[] =>
    exports.filter((one) => one.documented === documented).map(({ name }) => name);
  assert.deepEqual(names(true), ["a", "c", "c", "default", "h", "I"]);
  assert.deepEqual(names(false), ["b", "D", "E", "F", "J"]);
  assert.equal(exports.find(({ name }) => name === "F")?.line, 14);
});

Deno.test("module facts: uses", () => {
  const { uses } = moduleFacts(
    "src/a.ts",
    `let a: any = Date.now();
setTimeout(a, 1);
globalThis.setInterval(a, 1);
new Date(); new Date(5);
// Date.now() in a comment, "setTimeout()" in text
const text = "Math.random()";
`,
  );
  assert.deepEqual(uses.map(({ name, line }) => `${line} ${name}`).sort(), [
    "1 Date.now",
    "1 any",
    "2 setTimeout()",
    "3 globalThis.setInterval",
    "3 setInterval()",
    "4 new Date()",
  ]);
});

Deno.test("module facts: comments and lines", () => {
  const { comments, lines } = moduleFacts(
    "src/a.ts",
    `// one\n/* two */\n/** three */\nconst x = "// four";\n`,
  );
  assert.deepEqual(comments, [
    { text: " one", isDoc: false, line: 1 },
    { text: " two ", isDoc: false, line: 2 },
    { text: "* three ", isDoc: true, line: 3 },
  ]);
  assert.equal(lines, 4);
});
