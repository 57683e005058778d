import type { ListenAddress } from "../../model/host_port.ts";
import type { ControlPlane } from "../../region/leader/control_plane.ts";

/** What a control shows of itself: whether it is there, and its metrics. */
export class ControlServer {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Null while it cannot use the store. */
  plane: ControlPlane | null = null;

  /** @throws where the address cannot be bound. */
  constructor({ host, port }: ListenAddress) {
    const listen = { hostname: host, port, onListen: (): void => {} };
    this.#server = Deno.serve(listen, (request) => this.#answer(request));
  }

  /** Where it listens. */
  get address(): Deno.NetAddr {
    return this.#server.addr;
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(request: Request): Response {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("only GET and HEAD\n", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    switch (new URL(request.url).pathname) {
      case "/livez":
        return new Response("ok\n");
      case "/readyz":
        return this.plane === null
          ? new Response("the region's store cannot be used\n", { status: 503 })
          : new Response("ok\n");
      case "/metrics":
        return this.#metrics(
          request.headers.get("accept")?.includes("application/openmetrics-text") === true,
        );
      default:
        return new Response("there are /livez, /readyz and /metrics\n", { status: 404 });
    }
  }

  #metrics(isOpenMetrics: boolean): Response {
    if (this.plane === null) return new Response("the region's store cannot be used\n", { status: 503 });
    const { contentType, body } = this.plane.metrics(isOpenMetrics);
    return new Response(body, { headers: { "content-type": contentType, "cache-control": "no-store" } });
  }
}
