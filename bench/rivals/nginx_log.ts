/**
 * What an access log costs nginx when it holds what fproxy's does: JSON lines with like keys, written to a file as nginx's
 * manual advises for loaded servers, in large pieces and at least once a second. Times are in seconds, as nginx has them.
 */

const COMMON = [
  ["ts", "$time_iso8601"],
  ["msec", "$msec"],
  ["app", "bench"],
  ["listener", "$server_addr:$server_port"],
  ["client_addr", "$remote_addr:$remote_port"],
  ["target", "$upstream_addr"],
  ["connect_s", "$upstream_connect_time"],
  ["bytes_out", "$bytes_sent"],
  ["status", "$status"],
] as const;

const STREAM = [
  ...COMMON,
  ["id", "$connection"],
  ["first_byte_s", "$upstream_first_byte_time"],
  ["duration_s", "$session_time"],
  ["bytes_in", "$bytes_received"],
] as const;

const HTTP = [
  ...COMMON,
  ["id", "$connection-$connection_requests"],
  ["first_byte_s", "$upstream_header_time"],
  ["duration_s", "$request_time"],
  ["bytes_in", "$request_length"],
  ["method", "$request_method"],
  ["path", "$request_uri"],
  ["tls", "$https"],
] as const;

/** Directives of a `stream` or `http` block that switch the log on. @param folder where its file comes to lie. */
export function nginxLog(kind: "stream" | "http", folder: string): string {
  const fields = (kind === "http" ? HTTP : STREAM).map(([key, value]) => `"${key}":"${value}"`).join(",");
  return `log_format bench escape=json '{${fields}}';
  access_log ${folder}/access.log bench buffer=64k flush=1s;`;
}
