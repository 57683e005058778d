import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import * as z from "zod";
import type { Route } from "./route.ts";

/** Style of {@link referencePage}, a file of its own: pages have no inline style. */
export const REFERENCE_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 0.9rem/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid #8885; border-radius: 0.25rem; }
section { border-top: 1px solid #8885; padding: 0.5rem 0; }
`;

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The API for people: one page without scripts, made of the same schemas. */
export function referencePage(routes: readonly Route[], version: string): Html {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>fproxy admin API</title>
        <link rel="stylesheet" href="/api/docs/style.css">
      </head>
      <body>
        <main>
    <h1>fproxy admin API ${version}</h1>
    <p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
    <nav><ul>${routes.map((one) =>
      html`<li><a href="#${idOf(one)}"><code>${one.method} ${one.path}</code></a></li>`
    )}</ul></nav>
    ${routes.map(section)}
        </main>
      </body>
    </html>
  `;
}

function section(one: Route): Html {
  const { method, path, summary, description = "", role, params, query, body, answer } = one;
  return html`<section id="${idOf(one)}">
<h2><code>${method} ${path}</code></h2>
<p>${summary}. ${description}</p>
<p>Role: <code>${role}</code></p>
${Object.keys(params.shape).length === 0 ? "" : schema("Path", params)}
${Object.keys(query.shape).length === 0 ? "" : schema("Query", query)}
${body === undefined ? "" : schema("Body", body.schema)}
${schema("Answer", answer)}
</section>`;
}

function schema(title: string, type: z.ZodType): Html {
  const io = title === "Answer" ? "output" : "input";
  const { $schema: _, ...text } = z.toJSONSchema(type, { io, unrepresentable: "any" });
  return html`
    <details>
      <summary>${title}</summary>
      <pre>${JSON.stringify(text, null, 2)}</pre>
    </details>
  `;
}

function idOf({ method, path }: Route): HtmlEscapedString {
  return raw(`${method}${path}`.toLowerCase().replaceAll(/\W+/g, "-"));
}
