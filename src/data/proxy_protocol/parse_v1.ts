import { formatIpWords } from "../../base/ip_text.ts";
import type { SocketAddress } from "../../model/address.ts";
import { PROXY_SIGNATURES } from "../../model/proxy_protocol.ts";
import { readIpWords } from "../../strategy/rules/ip_words.ts";
import { broken, MORE_HEADER, type ProxyParse } from "./proxy_parse.ts";

/** Longest line, its end included. */
const MAX_LINE_BYTES = 107;
const CR = 0x0d;
const LF = 0x0a;
/** No leading zeros, which some programs read as octal. */
const IPV4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
const PORT = /^(?:0|[1-9]\d{0,4})$/;

const words = new Uint32Array(4);

/** Reads a header of version 1: `PROXY TCP4 192.0.2.1 198.51.100.7 40000 443`, and CRLF. @param bytes begin with its signature. */
export function parseV1(bytes: Uint8Array): ProxyParse {
  const { length: start } = PROXY_SIGNATURES.v1;
  const end = bytes.subarray(0, MAX_LINE_BYTES).indexOf(LF);
  if (end < 0) {
    return bytes.length < MAX_LINE_BYTES ? MORE_HEADER : broken(`is longer than ${MAX_LINE_BYTES} bytes`);
  }
  if (bytes[end - 1] !== CR || end === start) return broken("ends in LF without CR");
  let line = "";
  for (let at = start; at < end - 1; at++) line += String.fromCharCode(bytes[at]!);
  return parseLine(line, end + 1);
}

function parseLine(line: string, length: number): ProxyParse {
  const [protocol, source, destination, sourcePort, destinationPort, ...more] = line.split(" ");
  // Whatever follows is to be ignored.
  if (protocol === "UNKNOWN") return header(null, length);
  if (protocol !== "TCP4" && protocol !== "TCP6") return broken("names no protocol that is known");
  const from = readAddress(protocol, source, sourcePort);
  const to = readAddress(protocol, destination, destinationPort);
  if (from === null || to === null || more.length > 0) {
    return broken(`has no addresses and ports of ${protocol}`);
  }
  return header({ kind: "inet", source: from, destination: to }, length);
}

function header(
  addresses: Extract<ProxyParse, { readonly type: "header" }>["header"]["addresses"],
  length: number,
): ProxyParse {
  return { type: "header", header: { version: "v1", isLocal: false, addresses, tlvs: [] }, length };
}

function readAddress(
  protocol: "TCP4" | "TCP6",
  ip: string | undefined,
  port: string | undefined,
): SocketAddress | null {
  if (ip === undefined || port === undefined || !PORT.test(port) || Number(port) > 65_535) return null;
  const isOfProtocol = protocol === "TCP4" ? IPV4.test(ip) : ip.includes(":") && !ip.includes("%");
  if (!isOfProtocol || !readIpWords(ip, words)) return null;
  return { ip: formatIpWords(words), port: Number(port) };
}
