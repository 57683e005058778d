import assert from "node:assert/strict";
import { TopModel } from "../../../../src/cli/top/top_model.ts";
import { detailsOf, sampleOf, type SampleParts } from "./samples.ts";

function modelOf(...samples: readonly SampleParts[]): TopModel {
  const model = new TopModel();
  for (const sample of samples) model.take(sampleOf(sample));
  return model;
}

function names(model: TopModel): string[] {
  return model.rows().map(({ name }) => name);
}

function press(model: TopModel, ...keys: readonly string[]): void {
  for (const key of keys) model.press(key);
}

const APPS = {
  web: { connections_per_second: 5, connections_active: 1 },
  api: { connections_per_second: 9, connections_active: 0 },
  db: { connections_per_second: 0, connections_active: 7, state: "failed" },
} as const;

Deno.test("samples add up: changed apps, apps that are gone, and all of them again", () => {
  const model = modelOf(
    { apps: APPS },
    { complete: false, apps: { web: { connections_per_second: 10 }, late: {} }, removed: ["api"] },
  );
  assert.deepEqual(names(model), ["web", "db", "late"]);
  model.take(sampleOf({ apps: { db: {} } }));
  assert.deepEqual(names(model), ["db"]);
});

Deno.test("the list is sorted by any of its keys, either way; the chosen app stays chosen", () => {
  const model = modelOf({ apps: APPS });
  assert.deepEqual([names(model), model.chosen, model.sort.title], [["api", "web", "db"], "api", "CONN/S"]);
  press(model, "r");
  assert.deepEqual([names(model), model.chosen], [["db", "web", "api"], "api"]);
  press(model, "<");
  assert.deepEqual([names(model), model.sort.title], [["db", "web", "api"], "OPEN"]);
  press(model, "<");
  assert.deepEqual([names(model)[0], model.sort.title], ["db", "STATE"]);
  press(model, "<");
  assert.deepEqual([names(model), model.sort.title], [["api", "db", "web"], "APP"]);
  press(model, "<");
  assert.equal(model.sort.title, "BYTE99");
  press(model, "s");
  assert.equal(model.sort.title, "APP");
});

Deno.test("the choice moves within the list, and to the next one where the chosen app is gone", () => {
  const model = modelOf({ apps: APPS });
  const at = (...keys: readonly string[]): string | null => {
    press(model, ...keys);
    return model.chosen;
  };
  model.rows();
  assert.equal(at("up"), "api");
  assert.equal(at("down"), "web");
  assert.equal(at("end"), "db");
  assert.equal(at("j"), "db");
  assert.equal(at("home", "pagedown"), "db");
  assert.equal(at("k"), "web");
  model.take(sampleOf({ complete: false, removed: ["web"] }));
  model.rows();
  assert.equal(model.chosen, "db");
  model.take(sampleOf({}));
  assert.deepEqual([names(model), model.chosen], [[], null]);
  press(model, "down", "return");
  assert.equal(model.view, "apps");
});

Deno.test("a filter is typed: letters are no commands meanwhile; it looks at names and states", () => {
  const model = modelOf({ apps: APPS });
  press(model, "/", "q", "backspace", "W");
  assert.deepEqual([names(model), model.filter, model.isTyping], [["web"], "W", true]);
  press(model, "return");
  assert.deepEqual([model.isTyping, model.filter], [false, "W"]);
  press(model, "escape", "/", ..."fail", "return");
  assert.deepEqual(names(model), ["db"]);
  press(model, "/", "escape");
  assert.deepEqual([model.filter, names(model).length], ["", 3]);
});

Deno.test("paused it shows what was, and goes on with all that came meanwhile", () => {
  const model = modelOf({ apps: APPS });
  press(model, "p");
  model.take(sampleOf({ complete: false, apps: { late: {} }, removed: ["api"] }));
  assert.deepEqual([names(model), model.isPaused], [["api", "web", "db"], true]);
  press(model, " ");
  assert.deepEqual([names(model), model.isPaused], [["web", "db", "late"], false]);
});

Deno.test("views: targets of the chosen app, help, and back; q quits everywhere", () => {
  const model = modelOf({ apps: APPS, details: { api: detailsOf(["a", "b", "c"]) } });
  model.rows();
  press(model, "return", "down", "down", "down", "down");
  assert.deepEqual([model.view, model.targetOffset], ["app", 2]);
  press(model, "?");
  assert.equal(model.view, "help");
  press(model, "x");
  assert.equal(model.view, "app");
  press(model, "escape");
  assert.equal(model.view, "apps");
  assert.deepEqual(["q", "\x0c", "x"].map((key) => model.press(key)), ["quit", "redraw", null]);
});

Deno.test("a proxy that answers again is no trouble any more", () => {
  const model = modelOf({ apps: APPS });
  model.trouble = "no answer";
  model.take(sampleOf({ apps: APPS }));
  assert.equal(model.trouble, "");
});
