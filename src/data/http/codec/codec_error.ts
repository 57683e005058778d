/** Why a message was refused. */
export interface CodecError {
  /** Answer that fits: 4xx or 501/505 for a client's request, 502 for an endpoint's response. */
  readonly status: number;
  /** Stable word for logs, metrics and tests. */
  readonly code: CodecErrorCode;
  /** One plain sentence without anything the peer sent. */
  readonly message: string;
  /** Where the rule stands: RFC number and section. */
  readonly section: string;
}

type Rule = readonly [status: number, section: string, message: string];

/** Every refusal: status towards a client, RFC and section, message. */
const RULES = {
  bad_start: [400, "RFC 9112 3", "The message does not begin with an HTTP/1.1 start line"],
  too_many_blank_lines: [400, "RFC 9112 2.2", "Too many empty lines stand before the request line"],
  bad_method: [400, "RFC 9110 9.1", "The method is not a token followed by one space"],
  unknown_method: [501, "RFC 9112 3", "The method is longer than any that is known"],
  connect_refused: [501, "RFC 9110 9.3.6", "CONNECT is not served by a reverse proxy"],
  bad_target: [400, "RFC 9112 3.2", "The request target is empty or holds a character that it must not"],
  bad_target_form: [400, "RFC 9112 3.2", "The form of the request target does not fit the method"],
  bad_authority: [400, "RFC 9110 4.2", "The authority in the request target is not valid"],
  bad_version: [400, "RFC 9112 2.3", "The HTTP version is malformed"],
  unsupported_version: [505, "RFC 9110 2.5", "Only HTTP/1.0 and HTTP/1.1 are spoken here"],
  uri_too_long: [414, "RFC 9112 3", "The start line is too long"],
  bad_status_line: [502, "RFC 9112 4", "The status line is malformed"],
  head_too_large: [431, "RFC 6585 5", "The header section is too large"],
  too_many_fields: [431, "RFC 6585 5", "There are too many field lines"],
  bad_field_name: [400, "RFC 9112 5.1", "A field line has no valid name followed at once by a colon"],
  obs_fold: [400, "RFC 9112 5.2", "A field line is folded"],
  bad_field_value: [400, "RFC 9110 5.5", "A field value holds a control character"],
  bare_cr: [400, "RFC 9112 2.2", "A CR is not followed by LF"],
  bare_lf: [400, "RFC 9112 2.2", "A line ends in LF without CR"],
  missing_host: [400, "RFC 9112 3.2", "The Host field is missing"],
  duplicate_host: [400, "RFC 9112 3.2", "There is more than one Host field"],
  bad_host: [400, "RFC 9112 3.2", "The Host field is not a valid host and port"],
  length_with_encoding: [400, "RFC 9112 6.3", "Content-Length and Transfer-Encoding are both present"],
  duplicate_length: [400, "RFC 9112 6.3", "Content-Length is given more than once"],
  bad_length: [400, "RFC 9112 6.3", "Content-Length is not a number that can be handled"],
  encoding_in_http10: [400, "RFC 9112 6.1", "Transfer-Encoding is not part of HTTP/1.0"],
  encoding_not_chunked: [400, "RFC 9112 6.3", "chunked is not the one final transfer coding"],
  unknown_encoding: [501, "RFC 9112 6.1", "No transfer coding but chunked is understood"],
  bad_chunk_size: [400, "RFC 9112 7.1", "A chunk size is not a hexadecimal number"],
  chunk_too_large: [400, "RFC 9112 7.1", "A chunk size is too large"],
  bad_chunk_extension: [400, "RFC 9112 7.1.1", "A chunk extension is malformed"],
  chunk_extension_too_long: [400, "RFC 9112 7.1.1", "The chunk extensions are too long"],
  bad_chunk_end: [400, "RFC 9112 7.1", "A chunk is not followed by CRLF"],
  trailers_too_large: [431, "RFC 6585 5", "The trailer section is too large"],
  too_many_interim: [502, "RFC 9110 15.2", "Too many interim responses came before the final one"],
  unexpected_switch: [502, "RFC 9110 15.2.2", "The endpoint switched protocols without being asked"],
  no_response: [502, "RFC 9112 9.5", "The endpoint closed the connection before it answered"],
  truncated_head: [400, "RFC 9112 8", "The connection closed within the header section"],
  truncated_body: [400, "RFC 9112 8", "The connection closed within the body"],
} as const satisfies Record<string, Rule>;

/** Stable words for what can be wrong with a message. */
export type CodecErrorCode = keyof typeof RULES;

function errors(status: (rule: Rule) => number): Readonly<Record<CodecErrorCode, CodecError>> {
  const entries = Object.entries(RULES).map(([code, rule]) => {
    const error = { status: status(rule), code, message: rule[2], section: rule[1] };
    return [code, Object.freeze(error)];
  });
  return Object.fromEntries(entries);
}

/** Errors of a client's request. */
export const REQUEST_ERRORS: Readonly<Record<CodecErrorCode, CodecError>> = errors((rule) => rule[0]);

/** Errors of an endpoint's response: to the client all of them are a bad gateway (RFC 9110 section 15.6.3). */
export const RESPONSE_ERRORS: Readonly<Record<CodecErrorCode, CodecError>> = errors(() => 502);
