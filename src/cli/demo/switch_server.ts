/** An address on this machine where a request does something, for who has no terminal to press a key in. */
export interface SwitchServer {
  /** What to type to have it done. */
  readonly command: string;
  close(): Promise<void>;
}

/** Starts one on a free port. @param act what a POST does; its text is the answer. */
export function startSwitchServer(act: () => Promise<string>): SwitchServer {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async ({ method }) => {
      if (method === "POST") return new Response(await act());
      return new Response("POST switches the target\n", { status: 405, headers: { allow: "POST" } });
    },
  );
  return {
    command: `curl -X POST http://127.0.0.1:${server.addr.port}/`,
    close: () => server.shutdown(),
  };
}
