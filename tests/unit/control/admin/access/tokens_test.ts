import assert from "node:assert/strict";
import { Tokens } from "../../../../../src/control/admin/access/tokens.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { LogLines } from "../../../../kit/log_lines.ts";

class Fixture {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly files = new Map<string, string>();
  readonly tokens = new Tokens(this.clock, this.log.log, (path) => {
    const text = this.files.get(path);
    if (text === undefined) throw new Deno.errors.NotFound(`no ${path}`);
    return text;
  });
}

Deno.test("a token says whose it is and what it may; others say nothing", () => {
  const { tokens } = new Fixture();
  tokens.configure({
    token: "main",
    tokens: [{ name: "ops", role: "write", token: "change" }, {
      name: "grafana",
      role: "read",
      token: "look",
    }],
  });
  assert.equal(tokens.areRequired, true);
  assert.deepEqual(tokens.find("main"), { name: "admin.token", role: "write" });
  assert.deepEqual(tokens.find("change"), { name: "ops", role: "write" });
  assert.deepEqual(tokens.find("look"), { name: "grafana", role: "read" });
  for (const wrong of ["", "loo", "look ", "LOOK", "lookk", "\0"]) {
    assert.equal(tokens.find(wrong), null, wrong);
  }
});

Deno.test("without tokens none is required, and nobody has one", () => {
  const { tokens } = new Fixture();
  tokens.configure({ token: "", tokens: [] });
  assert.deepEqual([tokens.areRequired, tokens.find("")], [false, null]);
});

Deno.test("a token file is read again; one that is gone or empty lets nobody in and is told once", () => {
  const { tokens, files, clock, log } = new Fixture();
  files.set("t", "first\n");
  tokens.configure({ token: "", tokens: [{ name: "ops", role: "write", token_file: "t" }] });
  assert.equal(tokens.find("first")?.name, "ops");
  files.set("t", "second\n");
  clock.advance(1_000);
  assert.equal(tokens.find("first"), null);
  assert.equal(tokens.find("second")?.name, "ops");
  files.delete("t");
  for (let looks = 0; looks < 3; looks++) {
    clock.advance(1_000);
    assert.equal(tokens.find("second"), null);
  }
  // It is required all the same.
  assert.equal(tokens.areRequired, true);
  assert.deepEqual(log.lines.map(({ name, error }) => [name, error]), [["ops", "no t"]]);
  files.set("t", " \n");
  clock.advance(1_000);
  assert.equal(tokens.find(""), null);
  assert.equal(log.lines.at(-1)?.error, "t is empty");
});
