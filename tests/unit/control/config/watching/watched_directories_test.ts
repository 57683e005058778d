import assert from "node:assert/strict";
import { watchedDirectories } from "../../../../../src/control/config/watching/watched_directories.ts";

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  // The system's directory for temporary files may itself be behind a link.
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "fproxy-test-" }));
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a plain file is watched in its directory", async () => {
  await inDirectory(async (directory) => {
    assert.deepEqual(await watchedDirectories(`${directory}/apps.yaml`), [directory]);
    await Deno.writeTextFile(`${directory}/apps.yaml`, "");
    assert.deepEqual(await watchedDirectories(`${directory}/apps.yaml`), [directory]);
  });
});

Deno.test("every link on the way is watched where it stands, as Kubernetes lays them", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/..2024_05_01`);
    await Deno.writeTextFile(`${directory}/..2024_05_01/apps.yaml`, "");
    await Deno.symlink("..2024_05_01", `${directory}/..data`);
    await Deno.symlink("..data/apps.yaml", `${directory}/apps.yaml`);
    assert.deepEqual(await watchedDirectories(`${directory}/apps.yaml`), [
      directory,
      `${directory}/..2024_05_01`,
    ]);
  });
});

Deno.test("links to other places are followed, absolute and relative, to directories and files", async () => {
  await inDirectory(async (directory) => {
    for (const name of ["a", "b", "c"]) await Deno.mkdir(`${directory}/${name}`);
    await Deno.writeTextFile(`${directory}/c/real.yaml`, "");
    await Deno.symlink(`${directory}/c/real.yaml`, `${directory}/b/link.yaml`);
    await Deno.symlink("../b", `${directory}/a/linked`);
    assert.deepEqual(await watchedDirectories(`${directory}/a/linked/link.yaml`), [
      `${directory}/a`,
      `${directory}/b`,
      `${directory}/c`,
    ]);
  });
});

Deno.test("where the way ends in nothing, the last directory that exists is watched", async () => {
  await inDirectory(async (directory) => {
    assert.deepEqual(await watchedDirectories(`${directory}/no/such/apps.yaml`), [directory]);
    await Deno.symlink("nowhere/apps.yaml", `${directory}/apps.yaml`);
    assert.deepEqual(await watchedDirectories(`${directory}/apps.yaml`), [directory]);
  });
});

Deno.test("links that go round in a circle end", async () => {
  await inDirectory(async (directory) => {
    await Deno.symlink("b", `${directory}/a`);
    await Deno.symlink("a", `${directory}/b`);
    assert.deepEqual(await watchedDirectories(`${directory}/a`), [directory]);
  });
});
