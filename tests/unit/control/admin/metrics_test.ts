import assert from "node:assert/strict";
import { adminApp } from "../../../../src/control/admin/app.ts";
import { accessBy } from "../../../kit/access_rules.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { adminSource } from "../../../kit/admin_source.ts";

async function ask(headers: Readonly<Record<string, string>>, token = ""): Promise<[number, string]> {
  const source = adminSource(() => {
    throw new Error("Nobody asks for the status");
  }, {
    metrics: (isOpenMetrics) =>
      Promise.resolve({ contentType: "text/x", body: isOpenMetrics ? "openmetrics" : "plain" }),
  });
  const response = await adminApp(source, accessBy(() => token), new LogLines().log).request("/metrics", {
    headers,
  });
  return [response.status, await response.text()];
}

Deno.test("the format is the one that the client likes best", async () => {
  const prometheus =
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75," +
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  assert.deepEqual(await ask({ accept: prometheus }), [200, "openmetrics"]);
  assert.deepEqual(await ask({ accept: "text/plain" }), [200, "plain"]);
  assert.deepEqual(await ask({ accept: "text/plain, application/openmetrics-text;q=0.3" }), [200, "plain"]);
  assert.deepEqual(await ask({ accept: "text/html,*/*;q=0.1" }), [200, "plain"]);
  assert.deepEqual(await ask({}), [200, "plain"]);
});

Deno.test("it asks for the token where there is one", async () => {
  assert.equal((await ask({}, "secret"))[0], 401);
  assert.equal((await ask({ authorization: "Bearer wrong" }, "secret"))[0], 401);
  assert.deepEqual(await ask({ authorization: "Bearer secret" }, "secret"), [200, "plain"]);
});
