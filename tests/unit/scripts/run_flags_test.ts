import assert from "node:assert/strict";
import config from "../../../deno.json" with { type: "json" };
import { BUNDLE_FLAGS } from "../../../scripts/executable/bundle.ts";
import { compileArguments } from "../../../scripts/executable/compiled.ts";
import { startPart } from "../../../scripts/executable/start_part.ts";
import { IMAGE_COMMAND } from "../../../scripts/image_root.ts";
import { launcherText } from "../../../scripts/launcher_text.ts";
import { RUN_FLAGS } from "../../../scripts/run_flags.ts";

/** The flags that a command of Deno has before its file, those of the program alone. */
function programFlags(command: string): string[] {
  return command.split(" ").filter((word) =>
    /^(?:--(?:allow|deny)-|--no-prompt|-[AP]$|--permission|--v8-flags)/.test(word)
  );
}

Deno.test("tasks, launcher and programs of all builds run with the same flags", () => {
  assert.deepEqual(programFlags(config.tasks.start.command), RUN_FLAGS);
  assert.deepEqual(programFlags(config.tasks.dev.command), RUN_FLAGS);
  assert.deepEqual(programFlags(compileArguments("fproxy").join(" ")), RUN_FLAGS);
  assert.deepEqual(programFlags(IMAGE_COMMAND.join(" ")), RUN_FLAGS);
  const start = startPart({ sha256: "0".repeat(64), files: [], version: "0" });
  assert.deepEqual(programFlags(/exec "\$place.* run (.*)/.exec(start)?.[1] ?? ""), RUN_FLAGS);
  const [command, ...others] = launcherText().split("\n").filter((line) => line.startsWith("exec "));
  assert.deepEqual(others, []);
  assert.deepEqual(programFlags(command ?? ""), RUN_FLAGS);
});

Deno.test("a bundle, which runs without deno.json, has the features that it switches on", () => {
  const features = BUNDLE_FLAGS.filter((flag) => flag.startsWith("--unstable-"));
  assert.deepEqual(features, config.unstable.map((feature) => `--unstable-${feature}`));
});

Deno.test("no task can stop for a question", () => {
  for (const [name, { command }] of Object.entries(config.tasks)) {
    for (const part of command.split(" && ")) {
      if (/^deno (?:run|test)\b/.test(part)) assert.ok(part.includes(" --no-prompt"), `${name}: ${part}`);
    }
  }
});

Deno.test("flags stand before the program's own arguments", () => {
  assert.match(
    config.tasks.start.command,
    /--allow-run --v8-flags=\S+ main\.ts demo --config config\.example\.yaml$/,
  );
  assert.match(launcherText(), /--allow-run --v8-flags=\S+ "\$root\/main\.ts" "\$@"\n$/);
});
