import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import type { FrontDriver, FrontReplicas } from "../../../../../src/region/fronts/driver.ts";
import { fileFronts } from "../../../../../src/region/fronts/file.ts";

function replicas(...nodes: string[]): FrontReplicas {
  return new Map([[
    "web",
    nodes.map((node) => ({ node, address: "10.0.0.1", port: 80, zone: "", weight: 1 })),
  ]]);
}

/** A folder with a front whose command notes that it ran, and ends with the code in the file `code`. */
class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<Folder> {
    const folder = new Folder(await Deno.makeTempDir({ prefix: "fproxy_front_" }));
    await folder.write("code", "0");
    await folder.write("template", "{{#app.web.replicas}}{{node}}\n{{/app.web.replicas}}");
    return folder;
  }

  open(command: readonly string[], timeout = "10s"): FrontDriver {
    const written = { type: "file", apps: ["web"], path: "out", template: "template", command, timeout };
    return fileFronts.open(fileFronts.settings.parse(written), { clock: systemClock, folder: this.path });
  }

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.path}/${name}`, text);
  }

  async read(name: string): Promise<string> {
    return await Deno.readTextFile(`${this.path}/${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

const NOTE = ["sh", "-c", "cat out >> ran; echo why it failed >&2; exit $(cat code)"];

Deno.test("file front: the command runs when the file is another, and again until it succeeds", async () => {
  await using folder = await Folder.make();
  const front = folder.open(NOTE);
  assert.equal(await front.apply(replicas("n1")), 0);
  await front.apply(replicas("n1"));
  assert.equal(await folder.read("ran"), "n1\n");
  await folder.write("code", "3");
  await assert.rejects(front.apply(replicas("n2")), /"sh" ended with code 3: why it failed$/);
  await assert.rejects(front.apply(replicas("n2")), /code 3/);
  await folder.write("code", "0");
  await front.apply(replicas("n2"));
  await front.apply(replicas("n2"));
  assert.equal(await folder.read("ran"), "n1\nn2\nn2\nn2\n");
  // Somebody wrote into it, and somebody changed the template.
  await folder.write("out", "mine");
  await front.apply(replicas("n2"));
  await folder.write("template", "none");
  await front.apply(replicas("n2"));
  assert.equal(await folder.read("ran"), "n1\nn2\nn2\nn2\nn2\nnone");
  // Nobody knows whether the command of a former run ended well.
  await folder.open(NOTE).apply(replicas("n2"));
  assert.equal(await folder.read("ran"), "n1\nn2\nn2\nn2\nn2\nnonenone");
});

Deno.test("file front: the mode of the file stays, a link stays one, and nothing else is left", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(`${folder.path}/real`);
  await folder.write("real/target", "");
  await Deno.chmod(`${folder.path}/real/target`, 0o640);
  await Deno.symlink("real/target", `${folder.path}/out`);
  await folder.open(["true"]).apply(replicas("n1"));
  assert.equal(await folder.read("real/target"), "n1\n");
  assert.equal((await Deno.lstat(`${folder.path}/out`)).isSymlink, true);
  assert.equal((await Deno.stat(`${folder.path}/out`)).mode! & 0o777, 0o640);
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/real`)].map(({ name }) => name), ["target"]);
});

Deno.test("file front: a command that does not end, or is none, and a template that is none", async () => {
  await using folder = await Folder.make();
  await assert.rejects(
    folder.open(["sh", "-c", "echo slow >&2; exec sleep 60"], "200ms").apply(replicas("n1")),
    /"sh" did not end within 200ms, and was killed: slow$/,
  );
  await assert.rejects(folder.open(["./nothing"]).apply(replicas("n1")), /Cannot run "\.\/nothing": /);
  await folder.write("template", "{{#app}}");
  await assert.rejects(
    folder.open(["true"]).apply(replicas("n1")),
    /Cannot use the template template: Unclosed/,
  );
});
