import type { Clock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import { unguessableId } from "../../../base/random.ts";
import { withDeadline } from "../../../control/dns/transport/deadline.ts";
import { askOverTcp } from "../../../control/dns/transport/tcp.ts";
import { decodeMessage } from "../../../control/dns/wire/message.ts";
import { encodeQuery } from "../../../control/dns/wire/query.ts";
import { RecordType } from "../../../control/dns/wire/record_type.ts";
import { WireError } from "../../../control/dns/wire/wire_error.ts";
import { formatAddress, type SocketAddress } from "../../../model/address.ts";
import { FrontError } from "../driver.ts";
import { sign, type TsigKey, verify } from "./tsig.ts";
import { encodeUpdate, type ZoneUpdate } from "./update_message.ts";
import { readUpdateReply } from "./update_reply.ts";
import { whyRefused } from "./why_refused.ts";

/** Time for an answer. */
const ANSWER_MS = 5_000;

/** The primary server of a zone. */
export class UpdateClient {
  /** @param key signs what is sent; null sends it unsigned. */
  constructor(
    private readonly server: SocketAddress,
    private readonly zone: string,
    private readonly key: TsigKey | null,
    private readonly clock: Clock,
  ) {}

  /** Changes the zone. @throws {FrontError} where it is not sure that the server did it. */
  async update(change: Pick<ZoneUpdate, "plainNames" | "sets">): Promise<void> {
    const { zone, key } = this;
    const id = unguessableId();
    try {
      const message = encodeUpdate({ id, zone, ...change });
      const signed = key === null ? null : sign(message, key, this.#seconds());
      const bytes = await this.#ask(signed?.bytes ?? message);
      const reply = readUpdateReply(bytes);
      if (reply.id !== id) throw new WireError("the answer is to something else");
      if (reply.rcode !== 0) throw new WireError(whyRefused(reply, { zone, key: key?.name ?? null }));
      if (key !== null && signed !== null) verify(bytes, reply, key, signed.mac, this.#seconds());
    } catch (error) {
      throw new FrontError(`DNS server ${formatAddress(this.server)}: ${whyFailed(error)}`, error);
    }
  }

  /** Hosts that offer a service now; none where the server does not tell. */
  async hostsOf(service: string): Promise<string[]> {
    const question = { name: service, type: RecordType.SRV };
    try {
      const { answers } = decodeMessage(await this.#ask(encodeQuery(unguessableId(), question)));
      return answers.filter(({ type }) => type === RecordType.SRV).map(({ data }) =>
        data.split(" ")[3] ?? ""
      );
    } catch {
      return [];
    }
  }

  async #ask(message: Uint8Array): Promise<Uint8Array> {
    const never = new AbortController().signal;
    return await withDeadline(
      this.clock,
      ANSWER_MS,
      "it did not answer",
      never,
      (signal) => askOverTcp(this.server, message, signal),
    );
  }

  #seconds(): number {
    return Math.floor(this.clock.wallTime() / 1_000);
  }
}

function whyFailed(error: unknown): string {
  return error instanceof Deno.errors.ConnectionRefused
    ? "nobody listens there: is it running, and does it take TCP?"
    : errorMessage(error);
}
