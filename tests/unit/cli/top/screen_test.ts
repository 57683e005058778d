import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { painter } from "../../../../src/cli/drawing/paint.ts";
import { screenLines } from "../../../../src/cli/top/screen.ts";
import { TopModel } from "../../../../src/cli/top/top_model.ts";
import { detailsOf, sampleOf } from "./samples.ts";

const ESCAPE = "evil\x1b[2J\u202e";

function fullModel(): TopModel {
  const model = new TopModel();
  const apps = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [`app-${n}`, { connections_per_second: n, targets: 40 }]),
  );
  const times = { p50: 0.4, p90: 12, p99: 1_500 };
  model.take(sampleOf({
    apps: {
      ...apps,
      [ESCAPE]: { connections_per_second: 99, connect_ms: times, first_byte_ms: times, mode: "http" },
    },
    details: { [ESCAPE]: detailsOf([ESCAPE, ...Array.from({ length: 40 }, (_, n) => `10.0.0.${n}:80`)]) },
  }));
  return model;
}

function draw(model: TopModel, columns: number, rows: number): string[] {
  return screenLines(model, "127.0.0.1:9901", { columns, rows, paint: painter(false) });
}

for (const [columns, rows] of [[80, 24], [140, 40], [40, 12], [40, 10], [20, 5], [1, 1]] as const) {
  Deno.test(`every view fits on ${columns}x${rows}, and text from outside cannot play with the terminal`, () => {
    const model = fullModel();
    for (const keys of ["", "\r", "?", "/"]) {
      for (const key of keys) model.press(key === "\r" ? "return" : key);
      const lines = screenLines(model, ESCAPE, { columns, rows, paint: painter(true) });
      assert.ok(lines.length <= rows, `${lines.length} lines`);
      for (const line of lines) {
        const text = stripVTControlCharacters(line);
        assert.ok([...text].length <= columns, text);
        assert.ok(!text.includes("\u202e") && !line.includes("\x1b[2J"), line);
      }
      assert.deepEqual(
        lines.map(stripVTControlCharacters),
        screenLines(model, ESCAPE, { columns, rows, paint: painter(false) }),
      );
      for (const _ of [1, 2]) model.press("escape");
    }
  });
}

Deno.test("a wide screen has all columns, a narrow one those that matter most", () => {
  const model = fullModel();
  const header = (columns: number): string[] =>
    (draw(model, columns, 24).find((line) => line.startsWith("APP")) ?? "").split(/ +/);
  assert.deepEqual(header(139), [
    ..."APP STATE TARGETS OPEN CONN/S▼ REQ/S ERR/S IN/S OUT/S CONN50 CONN99 BYTE50 BYTE90 BYTE99".split(" "),
  ]);
  assert.deepEqual(header(39), ["APP", "STATE", "OPEN", "CONN/S▼", "ERR/S"]);
});

Deno.test("the chosen app stays in sight, its targets stand below, and what does not fit is counted", () => {
  const model = fullModel();
  draw(model, 79, 23);
  for (let n = 0; n < 20; n++) model.press("down");
  const lines = draw(model, 79, 23);
  assert.ok(lines.some((line) => line.startsWith(`${model.chosen} `)), lines.join("\n"));
  model.press("home");
  const first = draw(model, 79, 23);
  assert.match(
    first.join("\n"),
    /evil\\x1b\[2J\\u\{202E\} {2}http {2}ready {2}1 of 1 targets\nTARGET .*REQ\/S/,
  );
  assert.match(first.at(-2) ?? "", /^… 3\d more$/);
  model.press("return");
  const app = draw(model, 79, 23).join("\n");
  assert.match(app, /connect {5}p50 400µs {2}p90 12ms {2}p99 1\.5s/);
  assert.match(app, /ended {7}done 12 {2}idle_timeout 1/);
});

Deno.test("the header says what is the matter: paused, no answer, nothing yet", () => {
  const model = new TopModel();
  assert.match(draw(model, 79, 23)[0] ?? "", /waiting for the first sample/);
  model.take(sampleOf({ seconds: 0, apps: { web: { connections_per_second: 0 } } }));
  assert.match(
    draw(model, 79, 23).join("\n"),
    /ready {2}revision 3\nopen 0 {2}conn\/s - .*\n\nAPP.*\nweb +ready +1\/1 +0 +- /,
  );
  model.trouble = "connection refused";
  model.press("p");
  assert.match(
    draw(model, 79, 23)[0] ?? "",
    /^NO ANSWER {2}PAUSED {2}fproxy 127\.0\.0\.1:9901 {2}connection refused$/,
  );
});
