import assert from "node:assert/strict";
import { parseCidr } from "../../../src/model/cidr.ts";
import { parseCidrRange } from "../../../src/control/cel/cidr_range.ts";

Deno.test("a range is written in one way, and an address is a range of one", () => {
  const forms: Readonly<Record<string, string>> = {
    "10.0.0.0/8": "10.0.0.0/8",
    "192.0.2.1": "192.0.2.1/32",
    "192.0.2.129/32": "192.0.2.129/32",
    "192.0.2.128/25": "192.0.2.128/25",
    "0.0.0.0/0": "0.0.0.0/0",
    "2001:DB8:0:0::/32": "2001:db8::/32",
    "::1": "::1/128",
    "::/0": "::/0",
  };
  for (const [text, canonical] of Object.entries(forms)) {
    assert.equal(parseCidr(text), canonical);
    // What data threads compare addresses with.
    parseCidrRange(canonical);
  }
});

Deno.test("what is no range is refused", () => {
  for (
    const text of [
      ...["", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8", "010.0.0.0/8"],
      ...["::/129", "fe80::1%1", "one.example", "10.0.0.0-10.0.0.9", "10.0.0.0/255.0.0.0"],
    ]
  ) {
    assert.throws(() => parseCidr(text), RangeError, text);
  }
});

Deno.test("bits behind the length of a range are a mistake, which is named", () => {
  assert.throws(() => parseCidr("10.1.2.3/8"), /write "10\.0\.0\.0\/8" or "10\.1\.2\.3"/);
  assert.throws(() => parseCidr("2001:db8::1/32"), /write "2001:db8::\/32"/);
});
