import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { eventually } from "./eventually.ts";
import { NatsServer } from "./nats_server.ts";
import { freePorts } from "./servers.ts";

/** Servers that have just started have to find a leader first. */
const LEADER_MS = 60_000;

/** Three NATS servers that keep what they store in common. */
export class NatsCluster implements AsyncDisposable {
  private constructor(private readonly servers: ReadonlyMap<string, NatsServer>) {}

  static async start(): Promise<NatsCluster> {
    const names = ["s1", "s2", "s3"];
    const ports = freePorts(names.length * 2);
    const routes = names.map((_, at) => `"nats://127.0.0.1:${ports[at]}"`);
    const servers = new Map<string, NatsServer>();
    const cluster = new NatsCluster(servers);
    try {
      for (const [at, name] of names.entries()) {
        const others = routes.filter((_, index) => index !== at).join(", ");
        const config = `server_name: ${name}
cluster { name: "test", listen: "127.0.0.1:${ports[at]}", routes: [${others}] }`;
        servers.set(name, await NatsServer.start({ config, port: ports[names.length + at]! }));
      }
      await cluster.ready();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  get urls(): readonly string[] {
    return [...this.servers.values()].map(({ url }) => url);
  }

  /** Waits until something can be stored. */
  async ready(): Promise<void> {
    await eventually("the servers to find a leader", async () => {
      const connection = await connect({ servers: [...this.urls], timeout: 2_000 });
      try {
        await (await jetstreamManager(connection)).getAccountInfo();
        return true;
      } finally {
        await connection.close();
      }
    }, LEADER_MS);
  }

  /** The server that leads a stream. */
  async leaderOf(stream: string): Promise<NatsServer> {
    const connection = await connect({ servers: [...this.urls] });
    try {
      const { cluster } = await (await jetstreamManager(connection)).streams.info(stream);
      const leader = this.servers.get(cluster?.leader ?? "");
      if (leader === undefined) throw new Error(`Stream ${stream} has no leader`);
      return leader;
    } finally {
      await connection.close();
    }
  }

  /** Ends all servers at once. */
  async stop(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
  }

  async startAgain(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.startAgain()));
    await this.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server[Symbol.asyncDispose]()));
  }
}
