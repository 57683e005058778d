import { decodeQuery } from "./dns_message.ts";
import { eventually } from "./eventually.ts";
import { LaunchedProgram } from "./launched_program.ts";
import { freePort } from "./servers.ts";

/** How often it is started anew when its port was taken meanwhile. */
const STARTS = 5;
/** A question for the root's addresses, to see whether someone answers. */
const PING = Uint8Array.of(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1);

/** dnsmasq, a DNS server that somebody else wrote, with the records of a test and no others. */
export class Dnsmasq implements AsyncDisposable {
  #program: LaunchedProgram;

  private constructor(readonly port: number, records: readonly string[]) {
    this.#program = launch(port, records);
  }

  /** @param records Options of dnsmasq(8), as `--host-record=a.test,10.0.0.1,20` and `--cname=b.test,a.test,1`. */
  static async start(...records: string[]): Promise<Dnsmasq> {
    for (let left = STARTS; true; left--) {
      const server = new Dnsmasq(freePort(), records);
      try {
        await answers(server.port);
        return server;
      } catch (error) {
        await server[Symbol.asyncDispose]();
        if (left === 1) throw error;
      }
    }
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Replaces all records. */
  async change(...records: string[]): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    this.#program = launch(this.port, records);
    await answers(this.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}

function launch(port: number, records: readonly string[]): LaunchedProgram {
  const nothingElse = ["--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--local=//", "--pid-file="];
  const where = [`--port=${port}`, "--listen-address=127.0.0.1", "--bind-interfaces"];
  return new LaunchedProgram({
    command: "dnsmasq",
    args: ["--keep-in-foreground", "--log-facility=-", ...nothingElse, ...where, ...records],
  });
}

async function answers(port: number): Promise<void> {
  const socket = Deno.listenDatagram({ hostname: "127.0.0.1", port: 0, transport: "udp" });
  const reply = socket.receive().then(([bytes]) => decodeQuery(bytes).id, () => null);
  try {
    let hasAnswered = false;
    void reply.then((id) => hasAnswered = id === 1);
    await eventually(`dnsmasq on port ${port}`, async () => {
      if (!hasAnswered) {
        await socket.send(PING, { transport: "udp", hostname: "127.0.0.1", port });
      }
      return hasAnswered;
    });
  } finally {
    socket.close();
    await reply;
  }
}
