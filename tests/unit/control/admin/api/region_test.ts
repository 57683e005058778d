import assert from "node:assert/strict";
import { adminApp } from "../../../../../src/control/admin/app.ts";
import type { RegionLook, RegionSource } from "../../../../../src/control/admin/region_source.ts";
import { regionPicture as schema } from "../../../../../src/control/admin/api/schemas/region.ts";
import type { RegionPicture } from "../../../../../src/model/region_picture.ts";
import { accessBy } from "../../../../kit/access_rules.ts";
import { adminSource } from "../../../../kit/admin_source.ts";
import { EventStream } from "../../../../kit/event_stream.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { LogLines } from "../../../../kit/log_lines.ts";
import { regionPicture } from "../../../../kit/region_picture.ts";
import { wholeStatus } from "../../../../kit/whole_status.ts";

/** An admin server whose region is seen like this, look by look; then it has nothing more to tell. */
function asking(looks: readonly RegionLook[] | null): {
  get(path: string): Promise<Response>;
  readonly closed: () => number;
} {
  let closed = 0;
  const region: RegionSource = {
    membership: looks === null ? null : { region: "main", node: "n1" },
    follow: () => {
      if (looks === null) return null;
      const left = [...looks];
      return {
        next: () => Promise.resolve(left.shift() ?? null),
        close: () => void closed++,
      };
    },
  };
  const app = adminApp(adminSource(wholeStatus, { region }), accessBy(() => ""), new LogLines().log);
  return {
    get: async (path) => await app.request(path, {}, { remoteIp: "127.0.0.1" }),
    closed: () => closed,
  };
}

function seen(picture: RegionPicture, trouble = "", ageMs = 0): RegionLook {
  return { picture, json: JSON.stringify(picture), ageMs, trouble };
}

const UNSEEN: RegionLook = { picture: null, json: "", ageMs: null, trouble: "no route" };
const PICTURE = regionPicture(5, 8);

Deno.test("region: the picture as it is now, and whose it is", async () => {
  const server = asking([seen(PICTURE)]);
  const response = await server.get("/api/v1/region");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), JSON.parse(JSON.stringify(PICTURE)));
  assert.equal(server.closed(), 1);
  assert.deepEqual(schema.parse(PICTURE), PICTURE);
  assert.deepEqual((await (await server.get("/api/v1/status")).json()).region, {
    region: "main",
    node: "n1",
  });
});

Deno.test("region: a proxy that has none says so, for the stream as well", async () => {
  const server = asking(null);
  for (const path of ["/api/v1/region", "/api/v1/region/stream"]) {
    const response = await server.get(path);
    assert.equal(response.status, 404);
    const { code, detail, hint } = await response.json();
    assert.deepEqual([code, detail], ["no_region", "The config of this proxy names no region"]);
    assert.match(hint, /a node or a front/);
  }
  assert.equal((await (await server.get("/api/v1/status")).json()).region, null);
});

Deno.test("region: while its store does not answer there is the reason, and how old is what was known", async () => {
  const never = await asking([UNSEEN]).get("/api/v1/region");
  assert.equal(never.status, 503);
  const problem = await never.json();
  assert.deepEqual([problem.code, problem.detail], ["region_unreachable", "no route"]);
  const silent = await asking([seen(PICTURE, "lost", 12_345)]).get("/api/v1/region");
  assert.deepEqual([silent.status, (await silent.json()).detail], [503, "lost; what is known is 12s old"]);
});

Deno.test("region: the stream tells what is another, what fails, and that all is well again", async () => {
  const other = { ...PICTURE, leader: null };
  const server = asking([
    seen(PICTURE),
    seen(PICTURE),
    seen(other),
    seen(other, "lost", 2_000),
    seen(other, "lost", 4_000),
    seen(other),
  ]);
  const stream = new EventStream(await server.get("/api/v1/region/stream"));
  assert.equal(await stream.block(), "retry: 2000");
  const leader = async (): Promise<unknown> => {
    const { event, data } = await stream.next();
    return event === "region" ? data["leader"] : [event, data];
  };
  assert.equal(await leader(), "control-a-3f1c");
  assert.equal(await stream.block(), ": quiet");
  assert.equal(await leader(), null);
  assert.deepEqual(await leader(), ["unreachable", { reason: "lost", age_ms: 2_000 }]);
  assert.equal(await stream.block(), ": quiet");
  assert.equal(await leader(), null);
  await stream[Symbol.asyncDispose]();
  await eventually("its end", () => server.closed() === 1);
});
