import assert from "node:assert/strict";
import { HttpClient } from "../../kit/http_client.ts";
import { endpointAt, httpApp } from "../../kit/http_snapshots.ts";
import { HttpThread } from "../../kit/http_thread.ts";

for (const engine of ["epoll", "deno"] as const) {
  for (const dispatch of ["sequential", "fanout"] as const) {
    Deno.test(`http on ${engine}: an app that is its own endpoint twice ends in 508, ${dispatch}`, async () => {
      await using thread = await HttpThread.start(engine, httpApp({ targets: [] }));
      const self = { ip: "127.0.0.1", port: thread.port };
      const targets = [endpointAt(1, self), endpointAt(2, self)];
      await thread.apply(httpApp({ http: { dispatch }, targets }));
      using client = await HttpClient.to(thread.port);
      const { status, body } = await client.get();
      assert.equal(status, 508);
      assert.equal(JSON.parse(body).code, "loop");
    });
  }
}
