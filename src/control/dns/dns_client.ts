import type { Clock } from "../../base/clock.ts";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import { DNS_PENALTY_MS, DNS_TCP_TIMEOUT_MS, DNS_TIMEOUTS_MS } from "../../base/limits.ts";
import { unguessableId } from "../../base/random.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import { type Answer, readAnswer } from "./answer.ts";
import { withDeadline } from "./transport/deadline.ts";
import { askOverTcp } from "./transport/tcp.ts";
import { askOverUdp } from "./transport/udp.ts";
import { decodeMessage, type Message, NXDOMAIN } from "./wire/message.ts";
import { encodeQuery, type Question } from "./wire/query.ts";
import { WireError } from "./wire/wire_error.ts";

/** Names of response codes (RFC 1035 section 4.1.1), for people. */
const RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

/**
 * Asks DNS servers in turn, each for a limited time, the whole list once for each of {@link DNS_TIMEOUTS_MS}. A server
 * that failed is asked after the others for a while, so that it does not cost its time-out again and again.
 */
export class DnsClient {
  /** When servers that failed get their old place back, by address. */
  readonly #penalties = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    /** The servers to ask, best first. */
    private readonly servers: () => readonly SocketAddress[],
  ) {}

  /**
   * Asks one question. That the name does not exist, or has no such record, is an answer too.
   * @throws {FproxyError} the last server's failure, when none of them answered.
   * @throws {WireError} for a name that cannot be asked for; else the signal's reason, once it is aborted.
   */
  async ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const servers = this.#inTurn(this.servers());
    let failure = new FproxyError("dns_no_server", "No DNS server is known: set dns.servers");
    for (const limitMs of DNS_TIMEOUTS_MS) {
      for (const server of servers) {
        const id = unguessableId();
        const query = encodeQuery(id, question);
        try {
          const accept = (datagram: Uint8Array): Message | null => readReply(datagram, id, question);
          const answer = await this.#askServer(server, query, accept, limitMs, signal);
          this.#penalties.delete(formatAddress(server));
          return answer;
        } catch (error) {
          signal.throwIfAborted();
          this.#penalties.set(formatAddress(server), this.clock.now() + DNS_PENALTY_MS);
          failure = asFailure(error, server);
        }
      }
    }
    throw failure;
  }

  /** Those that failed lately come last. */
  #inTurn(servers: readonly SocketAddress[]): readonly SocketAddress[] {
    const isOut = (server: SocketAddress): boolean =>
      (this.#penalties.get(formatAddress(server)) ?? 0) > this.clock.now();
    return [...servers.filter((server) => !isOut(server)), ...servers.filter(isOut)];
  }

  /** @param accept Reads a reply; null for one that is none to the query. */
  async #askServer(
    server: SocketAddress,
    query: Uint8Array,
    accept: (reply: Uint8Array) => Message | null,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<Answer> {
    const limited = <T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
      withDeadline(this.clock, limitMs, "no answer", signal, work);
    let message = await limited(limitMs, (until) => askOverUdp(server, query, accept, until));
    if (message.truncated) {
      const whole = accept(await limited(DNS_TCP_TIMEOUT_MS, (until) => askOverTcp(server, query, until)));
      if (whole === null) throw new WireError("the reply over TCP is broken, or to another question");
      message = whole;
    }
    if (message.rcode !== 0 && message.rcode !== NXDOMAIN) {
      throw new FproxyError("dns_failed", RCODES[message.rcode] ?? `code ${message.rcode}`, "internal", true);
    }
    return readAnswer(message);
  }
}

/** The message, or null for one that is broken or replies to something else. */
function readReply(bytes: Uint8Array, id: number, { name, type }: Question): Message | null {
  try {
    const message = decodeMessage(bytes);
    const { question } = message;
    return message.id === id && question.name === name && question.type === type ? message : null;
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

function asFailure(error: unknown, server: SocketAddress): FproxyError {
  return new FproxyError(
    error instanceof FproxyError ? error.code : "dns_failed",
    `DNS server ${formatAddress(server)}: ${errorMessage(error)}`,
    "internal",
    true,
    error,
  );
}
