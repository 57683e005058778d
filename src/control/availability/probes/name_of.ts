/** A host as certificates have it: the dot that ends an absolute name is no part of names there. */
export function nameOf(host: string): string {
  return host.endsWith(".") ? host.slice(0, -1) : host;
}
