import assert from "node:assert/strict";
import { nginxLog } from "../../../bench/rivals/nginx_log.ts";

for (const kind of ["stream", "http"] as const) {
  Deno.test(`nginx writes JSON in mode ${kind}, with the keys of an access record`, () => {
    const directives = nginxLog(kind, "/logs");
    const format = /^log_format bench escape=json '(.*)';$/m.exec(directives)?.[1] ?? "";
    const record = JSON.parse(format.replaceAll(/\$\w+/g, "value")) as Record<string, string>;
    for (const key of ["ts", "id", "app", "listener", "client_addr", "target", "bytes_in", "bytes_out"]) {
      assert.ok(key in record, key);
    }
    assert.equal("method" in record, kind === "http");
    assert.match(directives, /access_log \/logs\/access\.log bench buffer=64k flush=1s;/);
  });
}
