/**
 * Reads what is sent to a datagram socket, as a syslog server does, prints a line when it is ready, and goes on until it is
 * killed. Argument: path of the socket, which it makes.
 * @module
 */
const [path = ""] = Deno.args;
const socket = Deno.listenDatagram({ transport: "unixpacket", path });
Deno.stdout.writeSync(new TextEncoder().encode("reading\n"));
const buffer = new Uint8Array(8192);
for (;;) await socket.receive(buffer);
