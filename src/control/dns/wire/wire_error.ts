/** A message, or a part of one, that is not what the protocol allows. */
export class WireError extends Error {
  override name = "WireError";
}
