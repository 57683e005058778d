import assert from "node:assert/strict";
import { NAME_FILES_MS } from "../../../../../src/base/limits.ts";
import { RereadFile } from "../../../../../src/control/dns/files/reread_file.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

Deno.test("a file is read again when some time has passed, and may be missing", async () => {
  const path = await Deno.makeTempFile();
  const clock = new FakeClock();
  const file = new RereadFile(clock, path, (text) => text, () => "absent");
  await Deno.writeTextFile(path, "one");
  assert.equal(file.read(), "one");
  await Deno.writeTextFile(path, "two");
  clock.advance(NAME_FILES_MS - 1);
  assert.equal(file.read(), "one");
  clock.advance(1);
  assert.equal(file.read(), "two");
  await Deno.remove(path);
  clock.advance(NAME_FILES_MS);
  assert.equal(file.read(), "absent");
});
