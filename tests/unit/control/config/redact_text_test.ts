import assert from "node:assert/strict";
import { redactText } from "../../../../src/control/config/redact_text.ts";

function redacted(text: string): string | null {
  return redactText(new TextEncoder().encode(text));
}

Deno.test("a text is shown without secrets and comments, wherever they stand", () => {
  const shown = redacted(`
# admin token was secret1
admin:
  token: &t secret2
  tokens:
    - { name: ops, role: write, token: "\${OPS:-secret3}" }
    - { name: again, token: *t }
defaults:
  health_check: { type: http, headers: { authorization: secret4 } }
apps:
  - name: web # secret5
    ports: [80]
    targets: ["http://10.0.0.1/"]
`);
  assert.doesNotMatch(shown ?? "", /secret|OPS/);
  assert.match(shown ?? "", /^admin:\n {2}token: "?\[redacted\]"?\n/);
  assert.match(shown ?? "", /- name: web\n/);
});

Deno.test("of a text that cannot be read nothing is shown", () => {
  assert.equal(redacted("admin: { token: secret"), null);
  assert.equal(redacted("a: *unknown"), null);
});
