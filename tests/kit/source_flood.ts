import { LaunchedProgram } from "./launched_program.ts";

/** What became of the connections of a flood. */
export interface FloodResult {
  /** Those that were answered. */
  readonly served: number;
  /** Those that were reset, or closed without an answer. */
  readonly refused: number;
}

/**
 * Connects once from each of many addresses of this machine, 127.1.0.0 and on, since Deno cannot say from which it connects;
 * sends a byte and waits for the echo. Arguments: port, first, count.
 */
const PROGRAM = `
import json, socket, sys
port, first, count = map(int, sys.argv[1:])
served = refused = 0
for number in range(first, first + count):
    client = socket.socket()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.settimeout(30)
    client.bind((f"127.{1 + (number >> 16)}.{number >> 8 & 255}.{number & 255}", 0))
    try:
        client.connect(("127.0.0.1", port))
        client.sendall(b"?")
        served, refused = (served + 1, refused) if client.recv(16) else (served, refused + 1)
    except (ConnectionResetError, BrokenPipeError):
        refused += 1
    client.close()
print(json.dumps({"served": served, "refused": refused}), flush=True)
`;

/** Connects from so many addresses, one after another; needs `python3`. @param first number of the first address. */
export async function floodFrom(port: number, first: number, count: number): Promise<FloodResult> {
  await using program = new LaunchedProgram({
    command: "python3",
    args: ["-c", PROGRAM, ...[port, first, count].map(String)],
  });
  const [text] = await program.line(/^\{.*\}$/m, 120_000);
  return JSON.parse(text);
}
