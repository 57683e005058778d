import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { NetError } from "../../../../src/base/errors.ts";
import { newConnectChecker } from "../../../../src/engine/mod.ts";
import { BlackHoleTarget } from "../../../kit/black_hole_target.ts";
import { echoTarget } from "../../../kit/echo_target.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { testIf } from "../../../kit/programs.ts";
import { RefusingAddress } from "../../../kit/refusing_address.ts";
import { within } from "../../../kit/within.ts";

const checker = newConnectChecker(systemClock);

testIf(
  checker === null ? "no libc" : null,
  "an address that accepts passes, one that refuses does not, one that is silent waits",
  async () => {
    assert.ok(checker !== null);
    await using server = echoTarget();
    await using nobody = await RefusingAddress.take();
    await using hole = await BlackHoleTarget.open();
    const before = fdCount();
    const never = new AbortController();
    await within("the connection", checker.check(server.address, never));
    await assert.rejects(
      within("the refusal", checker.check(nobody.address, never)),
      (error) => error instanceof NetError && error.code === "refused",
    );
    const abort = new AbortController();
    const silent = checker.check(hole.address, abort);
    await Promise.all(Array.from({ length: 50 }, () => checker.check(server.address, never)));
    abort.abort(new Error("enough"));
    await assert.rejects(within("the end", silent), /enough/);
    assert.equal(fdCount(), before);
  },
);
