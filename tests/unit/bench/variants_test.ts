import assert from "node:assert/strict";
import { suites } from "../../../bench/suites.ts";
import { variantNames, withVariants } from "../../../bench/variants.ts";

/** Those that a suite has beyond the ones of before, and the fproxies among these. */
function added(variants: Parameters<typeof withVariants>[1]): {
  readonly own: string[];
  readonly more: (readonly [name: string, reference: string | undefined])[];
} {
  const before = suites.flatMap((suite) => suite.rivals.map(({ name }) => name));
  const rivals = withVariants(suites, variants).flatMap((suite) => suite.rivals);
  return {
    own: before.filter((name) => /^(deno|epoll|fproxy)/.test(name)),
    more: rivals.filter(({ name }) => !before.includes(name)).map(({ name, reference }) => [name, reference]),
  };
}

Deno.test("each fproxy, and nothing else, has an earlier version beside it that is compared with it", () => {
  const { own, more } = added({ before: "/elsewhere", watched: false });
  assert.deepEqual(more, own.map((name) => [variantNames(name).before, name]));
});

Deno.test("each fproxy, and nothing else, has a watched one that is compared with the silent one", () => {
  const { own, more } = added({ before: null, watched: true });
  assert.deepEqual(
    more,
    own.map(variantNames).flatMap(({ silent, watched }) => [[silent, undefined], [watched, silent]]),
  );
});

Deno.test("without variants the suites are as they were", () => {
  assert.deepEqual(added({ before: null, watched: false }).more, []);
});
