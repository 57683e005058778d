/** Types of records that are asked for or followed, by number (RFC 1035 section 3.2.2, RFC 3596 section 2.1, RFC 2782). */
export const RecordType = {
  A: 1,
  CNAME: 5,
  AAAA: 28,
  SRV: 33,
} as const;

/** The only class in use: the Internet (RFC 1035 section 3.2.4). */
export const CLASS_IN = 1;
