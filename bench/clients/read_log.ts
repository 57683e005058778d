/**
 * Reads what is sent to a UDP port of 127.0.0.1, as a syslog server does: prints the port, which the system chooses, and goes on
 * until it is killed.
 * @module
 */
const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
Deno.stdout.writeSync(new TextEncoder().encode(`${(socket.addr as Deno.NetAddr).port}\n`));
const buffer = new Uint8Array(8192);
for (;;) await socket.receive(buffer);
