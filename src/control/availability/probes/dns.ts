import { unguessableId } from "../../../base/random.ts";
import type { SocketAddress } from "../../../model/address.ts";
import { readAnswer } from "../../dns/answer.ts";
import { askOverTcp } from "../../dns/transport/tcp.ts";
import { decodeMessage } from "../../dns/wire/message.ts";
import { encodeQuery } from "../../dns/wire/query.ts";
import { RecordType } from "../../dns/wire/record_type.ts";
import { nameOf } from "./name_of.ts";
import type { ProbeKind, RunProbe } from "./probe.ts";

/** Asks the target for a name; without one, looks whether the target's own name resolves. */
export const dnsProbe: ProbeKind = {
  name: "dns",
  withoutAddress: true,
  create({ query }, { host }): RunProbe {
    const name = nameOf(query).toLowerCase();
    return async ({ address, signal, find }) => {
      if (name === "") {
        const ips = await find(host);
        return {
          passed: ips.length > 0,
          reason: ips.length > 0 ? "the name resolves" : "the name has no address",
        };
      }
      for (const type of [RecordType.A, RecordType.AAAA]) {
        const values = await ask(address, name, type, signal);
        if (values.length > 0) return { passed: true, reason: `answered ${values.slice(0, 3).join(", ")}` };
      }
      return { passed: false, reason: `answered that ${name} has no address` };
    };
  },
};

async function ask(
  server: SocketAddress,
  name: string,
  type: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const id = unguessableId();
  const message = decodeMessage(await askOverTcp(server, encodeQuery(id, { name, type }), signal));
  if (message.id !== id || message.question.name !== name || message.question.type !== type) {
    throw new RangeError("the answer is to another question");
  }
  // NXDOMAIN and the rest say themselves that there is no address.
  return readAnswer(message).values;
}
