/** What keys and columns mean, the most wanted first: a low screen shows no more than fits. */
export const HELP: readonly string[] = [
  "↑ ↓ k j      choose an app          PgUp PgDn Home End",
  "enter →      its targets            esc ←  back to the list",
  '/            filter by name or state ("failed"); esc clears it',
  "s S  > <     sort by the next column, or the one before",
  "r            the other way round",
  "p space      pause, go on",
  "Ctrl-L       draw anew",
  "q Ctrl-C     quit",
  "",
  "OPEN         connections that are open now",
  "CONN/S       connections accepted a second; REQ/S requests",
  "ERR/S        sessions that ended badly, and answers with a 5xx",
  "IN/S OUT/S   bytes from and to clients, when sessions end",
  "CONN50       half of the connections to targets opened within it",
  "BYTE99       99 % of the first bytes came within it",
];
