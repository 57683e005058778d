/** Splits `ip:port` or `[ip]:port`; the port undefined where there is none. */
export function splitAddress(text: string): { readonly host: string; readonly port: number | undefined } {
  const [, inBrackets, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  // An IPv6 address alone has colons of its own.
  return host === undefined
    ? { host: text, port: undefined }
    : { host, port: port ? Number(port) : undefined };
}

/** An address as two attributes, `NAME.address` and `NAME.port`; none where it is empty. */
export function addressAttributes(
  name: string,
  text: string | null,
): Readonly<Record<string, string | number | undefined>> {
  if (text === null || text === "") return {};
  const { host, port } = splitAddress(text);
  return { [`${name}.address`]: host, [`${name}.port`]: port };
}
