import assert from "node:assert/strict";
import { compileFailure } from "../../../scripts/executable/compile_failure.ts";

/** As Deno 2.9.6 writes it, without a way to the network. */
const UNREACHABLE = `Check main.ts
Compile main.ts to fproxy
Download https://dl.deno.land/release/v2.9.6/denort-x86_64-unknown-linux-gnu.zip
error: Writing deno compile executable to temporary file 'fproxy.tmp-954f037817a47a54'

Caused by:
    0: Setting up base binary.
    1: error sending request for url (https://dl.deno.land/release/v2.9.6/denort-x86_64-unknown-linux-gnu.zip): client error (Connect): dns error: failed to lookup address information: Name or service not known
    2: client error (Connect)
`;

const MISSING = `Compile main.ts to fproxy
error: Writing deno compile executable to temporary file 'fproxy.tmp-954f037817a47a54'

Caused by:
    0: Could not find denort at '/nowhere'
    1: No such file or directory (os error 2)
`;

const REFUSED = `error: Writing deno compile executable to temporary file 'fproxy.tmp-954f037817a47a54'

Caused by:
    0: Setting up base binary.
    1: Bad response: 403
`;

const WRONG_CODE = `Check main.ts
TS2339 [ERROR]: Property 'pool' does not exist on type 'Daemon'.
error: Type checking failed.
`;

Deno.test("compile: without the runtime one line says why, and what helps", () => {
  for (
    const [stderr, cause] of [
      [
        UNREACHABLE,
        "client error (Connect): dns error: failed to lookup address information: Name or service not known",
      ],
      [MISSING, "Could not find denort at '/nowhere'"],
      [REFUSED, "Bad response: 403"],
    ] as const
  ) {
    const { why, lacksRuntime } = compileFailure(stderr);
    assert.equal(why.includes("\n"), false);
    assert.ok(why.includes(`(${cause})`), why);
    assert.equal(lacksRuntime, true);
  }
});

Deno.test("compile: messages about the code are shown whole", () => {
  assert.deepEqual(compileFailure(WRONG_CODE), {
    why: `failed\n${WRONG_CODE.trimEnd()}`,
    lacksRuntime: false,
  });
});
