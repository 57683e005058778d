import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { painter } from "../../../../src/cli/drawing/paint.ts";
import { regionLines } from "../../../../src/cli/region/top/region_lines.ts";
import { RegionModel } from "../../../../src/cli/region/top/region_model.ts";
import type { RegionPicture } from "../../../../src/model/region_picture.ts";
import { regionPicture } from "../../../kit/region_picture.ts";

const ESCAPE = "evil\x1b[2J\u202e";

function evil(): RegionPicture {
  const picture = regionPicture(40, 300);
  const [first, ...apps] = picture.apps;
  const [node, ...nodes] = picture.nodes;
  return {
    ...picture,
    leader: ESCAPE,
    nodes: [{ ...node!, name: ESCAPE, zone: ESCAPE, address: ESCAPE, by: ESCAPE }, ...nodes],
    apps: [{
      ...first!,
      name: ESCAPE,
      condition: "down",
      trouble: [ESCAPE],
      replicas: first!.replicas.map((replica) => ({ ...replica, node: ESCAPE, reason: ESCAPE })),
      rollout: { ...first!.rollout!, reason: ESCAPE },
    }, ...apps],
  };
}

for (const [columns, rows] of [[80, 24], [160, 50], [40, 12], [20, 5], [1, 1]] as const) {
  Deno.test(`region top: every screen fits on ${columns}x${rows}, and text from outside cannot play with it`, () => {
    const model = new RegionModel();
    model.take(evil());
    const keys = [
      "",
      "return",
      "end",
      "escape",
      "tab",
      "return",
      "end",
      "escape",
      "?",
      "x",
      "/",
      ESCAPE,
      "escape",
    ];
    for (const key of keys) {
      model.press(key);
      const lines = regionLines(model, { columns, rows, paint: painter(true) });
      assert.ok(lines.length <= rows, `${lines.length} lines`);
      for (const line of lines) {
        const text = stripVTControlCharacters(line);
        assert.ok([...text].length <= columns, text);
        assert.ok(!text.includes("\u202e") && !line.includes("\x1b[2J"), line);
      }
      const plain = regionLines(model, { columns, rows, paint: painter(false) });
      assert.deepEqual(lines.map(stripVTControlCharacters), plain);
    }
  });
}

function text(model: RegionModel, columns = 120, rows = 30): string {
  return regionLines(model, { columns, rows, paint: painter(false) }).join("\n");
}

Deno.test("region top: apps that want attention first, nodes by tab, the details of either", () => {
  const model = new RegionModel();
  assert.match(text(model), /^region {2}reading its store/);
  model.take(regionPicture(5, 8));
  const list = text(model);
  assert.match(list, /^region main {2}leader control-a-3f1c/);
  assert.match(list, /nodes 5 {2}1 gone {2}apps 8 {2}.*degraded.*replicas \d+\/\d+ {2}fronts 2/);
  const [first] = model.apps();
  assert.notEqual(first!.condition, "well");
  assert.match(list, new RegExp(`${first!.name}\\s+${first!.condition}\\s+\\d/\\d`));
  model.press("return");
  assert.match(text(model), new RegExp(`${first!.name} {2}${first!.condition} {2}\\d of \\d replicas serve`));
  model.press("escape");
  model.press("tab");
  assert.match(text(model), /NODE .*ZONE .*\n(.*\n)?node-3 +c +gone/);
  model.press("return");
  assert.match(text(model), /node-3 {2}gone {2}zone c {2}10\.0\.2\.3 {2}0 of \d apps serve/);
});

Deno.test("region top: a filter takes names, nodes and states; by name when it is asked for", () => {
  const model = new RegionModel();
  model.take(regionPicture(40, 300));
  for (const key of ["/", ..."canary", "return"]) model.press(key);
  assert.ok(model.apps().length > 0 && model.apps().every(({ rollout }) => rollout?.leg === "canary"));
  model.press("escape");
  assert.equal(model.apps().length, 300);
  model.press("s");
  const names = model.apps().map(({ name }) => name);
  assert.deepEqual(names, names.toSorted());
  for (const key of ["/", ..."nothing is called so", "return"]) model.press(key);
  assert.match(text(model), /nothing matches nothing is called so/);
});

Deno.test("region top: paused it shows what was; a store that does not answer is told", () => {
  const model = new RegionModel();
  model.take(regionPicture(5, 8));
  model.press("p");
  model.take(regionPicture(5, 3));
  assert.match(text(model), /PAUSED.*[^]*apps 8/);
  model.press(" ");
  assert.match(text(model), /apps 3/);
  model.trouble = "lost";
  assert.match(text(model), /^NO ANSWER {2}region main .* {2}lost/);
  model.take(regionPicture(5, 3));
  assert.doesNotMatch(text(model), /NO ANSWER/);
  assert.deepEqual(["q", "\x0c", "x"].map((key) => model.press(key)), ["quit", "redraw", null]);
});
