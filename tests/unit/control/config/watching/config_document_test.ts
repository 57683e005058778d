import assert from "node:assert/strict";
import { FileDocument } from "../../../../../src/control/config/watching/config_document.ts";
import { testEnvironment } from "../test_environment.ts";

class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fproxy_document_" });
  readonly file = `${this.path}/apps.yaml`;
  readonly document = new FileDocument(this.file, testEnvironment({ PORT: "1" }), ["round_robin"]);

  get names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

Deno.test("a file is replaced as a whole, with its mode, and nothing is left beside it", async () => {
  await using folder = new Folder();
  await Deno.writeTextFile(folder.file, "old", { mode: 0o640 });
  await Deno.chmod(folder.file, 0o640);
  using before = await Deno.open(folder.file);
  await folder.document.replace("new");
  assert.equal(await Deno.readTextFile(folder.file), "new");
  assert.equal((Deno.statSync(folder.file).mode ?? 0) & 0o777, 0o640);
  assert.deepEqual(folder.names, ["apps.yaml"]);
  // Who was reading it reads the old one to its end.
  const buffer = new Uint8Array(10);
  assert.equal(new TextDecoder().decode(buffer.subarray(0, await before.read(buffer) ?? 0)), "old");
});

Deno.test("a symbolic link stays one, and what it leads to is replaced", async () => {
  await using folder = new Folder();
  await Deno.writeTextFile(`${folder.path}/real.yaml`, "old");
  await Deno.symlink("real.yaml", folder.file);
  await folder.document.replace("new");
  assert.equal(await Deno.readLink(folder.file), "real.yaml");
  assert.equal(await Deno.readTextFile(`${folder.path}/real.yaml`), "new");
});

Deno.test("where it cannot be replaced that is said, and nothing is left behind", async () => {
  await using folder = new Folder();
  await assert.rejects(folder.document.replace("new"), { code: "unwritable" });
  await Deno.mkdir(folder.file);
  await assert.rejects(folder.document.replace("new"), { code: "unwritable" });
  assert.deepEqual(folder.names, ["apps.yaml"]);
});

Deno.test("a text is read as the file is, in the same environment", async () => {
  await using folder = new Folder();
  const good = await folder.document.validate(`apps: [{ name: a, ports: ["\${PORT}"], targets: ["a:1"] }]`);
  assert.equal(good.ok && good.config.apps[0]?.ports[0]?.port, 1);
  const bad = await folder.document.validate(`apps: [{ name: a, ports: ["\${PORT}"], targets: [] }]`);
  assert.equal(bad.ok, false);
  assert.equal(bad.ok ? "" : bad.diagnostics[0]?.place?.file, folder.file);
});
