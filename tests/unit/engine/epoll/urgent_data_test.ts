import assert from "node:assert/strict";
import { ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { LaunchedProgram } from "../../../kit/launched_program.ts";
import { has } from "../../../kit/programs.ts";
import { within } from "../../../kit/within.ts";
import { EngineThread } from "./engine_thread.ts";

/** How much of it is there at the first receive is chance, so many try. */
const CLIENTS = 200;

/** A target that sends bytes with an urgent one among them, and a FIN, as soon as it is connected to. */
const TARGET = `
import socket
server = socket.create_server(("127.0.0.1", 0))
print("port", server.getsockname()[1], flush=True)
while True:
    client, _ = server.accept()
    client.sendall(b"before ")
    client.send(b"!", socket.MSG_OOB)
    client.sendall(b"after")
    client.close()
`;

Deno.test({
  name: "urgent data before a FIN: all bytes behind it arrive (it cuts receives short)",
  ignore: !has("python3"),
  fn: async () => {
    await using target = new LaunchedProgram({ command: "python3", args: ["-c", TARGET] });
    const [, port] = await target.line(/^port (\d+)$/m);
    const socket = ListeningSocket.open({ ip: "127.0.0.1", port: 0 }, 16);
    const thread = await EngineThread.start(socket, { ip: "127.0.0.1", port: Number(port) });
    for (let client = 0; client < CLIENTS; client++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: socket.address.port });
      // The urgent byte itself is not part of the stream (man 7 tcp).
      assert.equal(await within("the end", new Response(connection.readable).text()), "before after");
    }
    await thread.end();
    socket.close();
  },
});
