/** The hand-written part of the reference page. */
export const REFERENCE_INTRODUCTION = `# Configuration

<!-- Generated from the schema (src/model/config.ts) by \`deno task schema\`. Do not edit. -->

One file, YAML or JSON, says what fproxy does. Its path is given with \`--config FILE\` or in \`FPROXY_CONFIG_PATH\`.
[config.example.yaml](../config.example.yaml) shows every key and runs as it is. \`fproxy check --config FILE\` tells
whether a file is valid and what it says; \`fproxy schema\` prints the JSON Schema for editors, the same as
[config.schema.json](../config.schema.json). In an editor with the YAML language server this first line turns on
completion and checks:

\`\`\`yaml
# yaml-language-server: $schema=./config.schema.json
\`\`\`

The smallest config:

\`\`\`yaml
apps:
  - name: web
    ports: [8080]
    targets: ["10.0.0.7:80", "10.0.0.8:80"]
\`\`\`

## Mistakes

A file with a mistake is refused as a whole, and every mistake in it is shown at its line and column. A running proxy
goes on with the config that it has, and says so once. Refused are, among others: unknown and duplicate keys, an address
that is listened on twice (\`0.0.0.0:80\` and \`127.0.0.1:80\` collide, and \`[::]:80\` collides with both), a target that is
one of the app's own listeners, a target that is listed twice, a missing environment variable, a file of certificates
that is missing, no PEM, whose key belongs to another certificate, or with which a handshake fails, a
script that is no strategy, a file over 32 MiB, and text that is not UTF-8.

## Options that do nothing

An option that is allowed but does nothing where it stands gets a warning with its line and column, in the log and from
\`fproxy check\`: \`hedge_after\` beside \`dispatch: fanout\`, \`retry\` in an app in mode \`http\`, socket options that the app's
engine cannot set, a \`weight\` where the strategy is \`first\`, \`ca_file\` without a target on https, and so on. It says why,
and what to write instead. Three things are not warned of: a value that asks for what happens anyway, such as
\`user_timeout: 0s\` on the engine \`deno\`; what depends on the machine (\`engine: auto\` is taken for one that has all
options unless the app speaks TLS); and what depends on how many targets there are, since they come and go.

An option of \`defaults\` is for the apps that have a use for it, those to come included, so it gets a warning only when it
fits no app of the file and differs from the built-in value. Whether an app writes a value of its own does not matter
there. The \`http\` and \`tls\` keys of an app in mode \`tcp\`, which change what it is, are a mistake.

## Changes

The file is watched. In-place writes, atomic renames (as editors do) and symbolic links that are pointed elsewhere (as
Kubernetes does with config maps) are noticed within a fraction of a second; where the system sends no events, as on some
network mounts, its time stamps are looked at every second. A burst of changes is taken as one. A file that is invalid or
missing for less than a quarter of a second is taken for one that is being written. SIGHUP reads the file at once.

The files of certificates that it names are watched in the same way. New ones are shown to new clients, and trusted for new
connections to endpoints; the rest of the app stays as it is. Files that cannot be used are complained about once, and the
old certificates stay. The files of [scripts](script-strategies.md) and the lists of [access rules](access.md) are
watched, too.

## Environment variables

\`\${NAME}\` in a value is replaced by the environment variable NAME; \`\${NAME:-default}\` has a default for one that is unset
or empty, and which may hold references itself (\`\${ADMIN_TOKEN:-\${TOKEN:-}}\`), up to 8 within each other; \`$$\` is a
dollar sign, and a dollar before any other character stays as it is. A default ends at the first \`}\` that closes no
reference in it. This happens after the file was parsed, so the content of a variable is always part of that one value.
Where a key wants a number or a boolean, digits and \`true\` or \`false\` from a variable are taken as that, with or without
quotes. Inside \`{ }\` and \`[ ]\` YAML itself asks for quotes: \`{ sample: "\${SAMPLE}" }\`.

## Defaults

What an app does not set comes from \`defaults\`, and what is not set there from the built-in values in the tables below.
Objects such as \`retry\` and \`tcp\` are merged key by key; \`strategy\` and lists are taken whole from one place.

## The first version's format

JSON files with \`Apps\`, \`Name\`, \`Ports\` and \`Targets\` are accepted unchanged.
`;
