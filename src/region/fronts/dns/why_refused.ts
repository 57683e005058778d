import type { UpdateReply } from "./update_reply.ts";

const SERVFAIL = 2;
const NOTIMP = 4;
const REFUSED = 5;
const YXRRSET = 7;
const NOTAUTH = 9;
const NOTZONE = 10;

/** Errors of signatures (RFC 8945 section 3). */
const BADSIG = 16;
const BADKEY = 17;
const BADTIME = 18;

/** What an update was about, for messages. */
export interface UpdateSubject {
  readonly zone: string;
  /** Name of the key that signed it; null without. */
  readonly key: string | null;
}

/** Why a server did not do an update, and what to do about it (RFC 2136 section 2.2). */
export function whyRefused({ rcode, tsig }: UpdateReply, { zone, key }: UpdateSubject): string {
  switch (rcode) {
    case SERVFAIL:
      return `it failed (SERVFAIL); its log tells why: may it write the file of zone ${zone}?`;
    case NOTIMP:
      return "it knows no updates (NOTIMP)";
    case REFUSED:
      return `it does not allow ${
        key === null ? "updates without a key" : `key "${key}" to do that`
      } (REFUSED): see allow-update or update-policy of zone ${zone} in BIND, acl in Knot`;
    case YXRRSET:
      return "one of the names is an alias there (YXRRSET): a name with a CNAME record can have no others";
    case NOTAUTH:
      return whyNotAuthentic(tsig?.error ?? 0, zone, key);
    case NOTZONE:
      return `one of the names is not in zone ${zone} (NOTZONE)`;
    default:
      return `it answered with code ${rcode}`;
  }
}

function whyNotAuthentic(error: number, zone: string, key: string | null): string {
  switch (error) {
    case BADSIG:
      return `its secret of key "${key}" is another (NOTAUTH, BADSIG)`;
    case BADKEY:
      return `it does not know key "${key}", or has it with another algorithm (NOTAUTH, BADKEY)`;
    case BADTIME:
      return "its clock and that of this machine differ by more than five minutes (NOTAUTH, BADTIME)";
    default:
      return `it is not the primary server of zone ${zone} (NOTAUTH)`;
  }
}
