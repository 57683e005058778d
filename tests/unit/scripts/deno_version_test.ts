import assert from "node:assert/strict";
import { DENO_VERSION } from "../../../scripts/deno_version.ts";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";

for (const path of ["Dockerfile", ".ci/run", "README.md"]) {
  Deno.test(`${path} names the version of Deno that is tested`, () => {
    const text = Deno.readTextFileSync(REPO_ROOT + path);
    const versions = [...text.matchAll(/\bdeno[@:](\d[\w.-]*)/g)].map(([, version]) => version);
    assert.ok(versions.length > 0);
    assert.deepEqual([...new Set(versions)], [DENO_VERSION]);
  });
}
