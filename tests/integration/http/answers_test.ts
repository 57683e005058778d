import assert from "node:assert/strict";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** What an old server says: no CR anywhere in the head. */
const LEGACY = "HTTP/1.1 200 OK\nServer: old\nSet-Cookie: a=b\nContent-Length: 4\n\nbody";

function fields(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `X-${i}: y`);
}

for (const engine of ["epoll", "deno"] as const) {
  Deno.test(`HTTP on ${engine}: answers with bare LF and with 150 fields pass; what does not says why in log and record`, async () => {
    await using target = new HttpTarget(({ target }) =>
      target === "/legacy" ? LEGACY : answerText(200, "x", fields(Number(target.slice(1))))
    );
    const { ip, port } = target.address;
    const app = { mode: "http" as const, ports: [ANY_PORT], targets: [`${ip}:${port}`] };
    await using proxy = await Proxy.start({
      engine,
      access_log: { to: "stdout" },
      apps: [
        { name: "usual", ...app },
        { name: "strict", ...app, http: { lenient_responses: false, max_response_headers: 20 } },
      ],
    });
    using usual = await HttpClient.to(await proxy.port("usual"));
    const legacy = await usual.get("/legacy");
    assert.deepEqual([legacy.status, legacy.body, legacy.fields.get("set-cookie")], [200, "body", "a=b"]);
    assert.equal((await usual.get("/150")).fields.get("x-149"), "y");
    assert.equal((await usual.get("/201")).status, 502);
    using strict = await HttpClient.to(await proxy.port("strict"));
    assert.equal((await strict.get("/10")).status, 200);
    assert.equal((await strict.get("/30")).status, 502);
    assert.equal((await strict.get("/legacy")).status, 502);

    await eventually("six records", () => proxy.program.stdout.trim().split("\n").length === 6);
    const records = proxy.program.stdout.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map(({ app, path, close_reason, answer_error }) => [app, path, close_reason, answer_error]),
      [
        ["usual", "/legacy", "done", undefined],
        ["usual", "/150", "done", undefined],
        ["usual", "/201", "target_abort", "too_many_fields"],
        ["strict", "/10", "done", undefined],
        ["strict", "/30", "target_abort", "too_many_fields"],
        ["strict", "/legacy", "target_abort", "bare_lf"],
      ],
    );
    const [line] = proxy.logged("Answer of an endpoint refused").filter(({ app }) => app === "strict");
    assert.deepEqual([line?.level, line?.code, line?.hint], [
      "warn",
      "too_many_fields",
      "raise http.max_response_headers",
    ]);
  });
}
