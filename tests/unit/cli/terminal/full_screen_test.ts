import assert from "node:assert/strict";
import { FullScreen } from "../../../../src/cli/terminal/full_screen.ts";
import { NamedKeys } from "../../../../src/cli/terminal/named_keys.ts";
import { eventually } from "../../../kit/eventually.ts";
import { CapturedIo } from "../captured_io.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

Deno.test("the screen is given back once, and nothing is drawn before or after", () => {
  const io = new CapturedIo(true, 80, false, true, 24);
  const screen = new FullScreen(io);
  screen.draw(["early"]);
  assert.equal(io.out, "");
  screen.enter();
  screen.enter();
  assert.ok(io.out.startsWith(ENTER) && io.out.split(ENTER).length === 2);
  screen.draw(["one", "two"]);
  assert.match(io.out, /one\ntwo\n/);
  screen.leave();
  screen.leave();
  screen.draw(["late"]);
  assert.ok(io.out.endsWith(LEAVE) && io.out.split(LEAVE).length === 2);
});

Deno.test("only what changed is written, and all of it when the screen was cleared", () => {
  const io = new CapturedIo(true, 80, false, true, 24);
  const screen = new FullScreen(io);
  const drawn = (lines: readonly string[]): string => {
    io.out = "";
    screen.draw(lines);
    return io.out;
  };
  screen.enter();
  drawn(["title", "one", "two"]);
  assert.equal(drawn(["title", "one", "two"]), "");
  const changed = drawn(["title", "1", "two"]);
  assert.ok(
    changed.includes("1") && !changed.includes("title") && !changed.includes("two"),
    JSON.stringify(changed),
  );
  screen.clear();
  assert.match(drawn(["title", "1", "two"]), /title\n1\ntwo\n/);
  screen.leave();
});

Deno.test("whatever ends the program gives the screen back first", () => {
  for (const end of ["unload", "error", "unhandledrejection"]) {
    const io = new CapturedIo(true, 80, false, true, 24);
    new FullScreen(io).enter();
    globalThis.dispatchEvent(new Event(end));
    assert.ok(io.out.endsWith(LEAVE), end);
  }
});

Deno.test("keys have names, whatever pieces they come in; a lone escape is one, too", async () => {
  const keys: string[] = [];
  const named = new NamedKeys((key) => keys.push(key));
  for (const character of "a\x1b[A\x1bOB\x1b[5~\r\x7fGé\x0c\x1b") named.write(character);
  await eventually("all keys", () => keys.length === 10 || keys);
  assert.deepEqual(keys, ["a", "up", "down", "pageup", "return", "backspace", "G", "é", "\x0c", "escape"]);
  named.close();
});
