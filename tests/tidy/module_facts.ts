/** How one module names another. */
export interface Reference {
  readonly specifier: string;
  /** `worker`: the address of a module that a thread is started from. */
  readonly kind: "code" | "type" | "dynamic" | "worker";
  readonly line: number;
}

/** Something that a module exports by declaring it. */
export interface ExportedName {
  readonly name: string;
  readonly documented: boolean;
  readonly line: number;
}

/** A word of the language or of the runtime that some rule cares for: `any`, `Date.now`, `setTimeout()`. */
export interface Use {
  readonly name: string;
  readonly line: number;
}

/** One comment; lines that follow each other are one comment each. */
export interface Comment {
  /** Without its delimiters. */
  readonly text: string;
  readonly isDoc: boolean;
  readonly line: number;
}

/** What the rules look at in one module. */
export interface ModuleFacts {
  /** Under the root of the repository, with slashes. */
  readonly path: string;
  readonly lines: number;
  readonly references: readonly Reference[];
  readonly exports: readonly ExportedName[];
  readonly uses: readonly Use[];
  readonly comments: readonly Comment[];
}

/**
 * Reads a module's syntax tree with the parser of `deno lint`.
 * @throws {SyntaxError} when it does not parse.
 */
export function moduleFacts(path: string, text: string): ModuleFacts {
  const reader = new FactsReader(text);
  const plugin: Deno.lint.Plugin = {
    name: "facts",
    rules: { read: { create: (context) => reader.visitor(context) } },
  };
  Deno.lint.runPlugin(plugin, path, text);
  const { references, exports, uses, comments } = reader;
  return { path, lines: text.split("\n").length - 1, references, exports, uses, comments };
}

class FactsReader {
  readonly references: Reference[] = [];
  readonly exports: ExportedName[] = [];
  readonly uses: Use[] = [];
  readonly comments: Comment[] = [];
  readonly #docEnds = new Set<number>();
  /** Where each line begins. */
  readonly #lineStarts: readonly number[];

  constructor(private readonly text: string) {
    this.#lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  visitor({ sourceCode }: Deno.lint.RuleContext): Deno.lint.LintVisitor {
    return {
      Program: () => this.#readComments(sourceCode.getAllComments()),
      ImportDeclaration: (node) =>
        this.#refer(node, node.source.value, node.importKind === "type" ? "type" : "code"),
      ImportExpression: (node) => {
        if (node.source.type === "Literal") this.#refer(node, String(node.source.value), "dynamic");
      },
      TSImportType: (node) => {
        if (node.argument.type === "TSLiteralType" && node.argument.literal.type === "Literal") {
          this.#refer(node, String(node.argument.literal.value), "type");
        }
      },
      ExportAllDeclaration: (node) =>
        this.#refer(node, node.source.value, node.exportKind === "type" ? "type" : "code"),
      ExportDefaultDeclaration: (node) => this.#export(node, "default"),
      ExportNamedDeclaration: (node) => {
        if (node.source !== null) {
          this.#refer(node, node.source.value, node.exportKind === "type" ? "type" : "code");
        }
        if (node.declaration !== null) {
          for (const name of declaredNames(node.declaration)) this.#export(node, name);
        }
      },
      TSAnyKeyword: (node) => this.#use(node, "any"),
      MemberExpression: (node) => {
        if (node.object.type === "Identifier" && node.property.type === "Identifier" && !node.computed) {
          this.#use(node, `${node.object.name}.${node.property.name}`);
        }
      },
      CallExpression: (node) => {
        const { callee, arguments: [first] } = node;
        if (callee.type === "Identifier") this.#use(node, `${callee.name}()`);
        if (callee.type !== "MemberExpression") return;
        if (sourceCode.getText(callee) === "import.meta.resolve") this.#referToWorker(node, first);
        const isGlobal = callee.object.type === "Identifier" && callee.object.name === "globalThis";
        if (isGlobal && callee.property.type === "Identifier") this.#use(node, `${callee.property.name}()`);
      },
      NewExpression: (node) => {
        if (node.callee.type !== "Identifier") return;
        const [first, second] = node.arguments;
        if (first === undefined) this.#use(node, `new ${node.callee.name}()`);
        const isRelative = second !== undefined && sourceCode.getText(second) === "import.meta.url";
        if (node.callee.name === "URL" && isRelative) this.#referToWorker(node, first);
      },
    };
  }

  #readComments(comments: readonly (Deno.lint.LineComment | Deno.lint.BlockComment)[]): void {
    for (const { type, value, range } of comments) {
      const isDoc = type === "Block" && value.startsWith("*");
      this.comments.push({ text: value, isDoc, line: this.#line(range[0]) });
      if (isDoc) this.#docEnds.add(range[1]);
    }
  }

  #refer({ range }: Deno.lint.Node, specifier: string, kind: Reference["kind"]): void {
    this.references.push({ specifier, kind, line: this.#line(range[0]) });
  }

  #referToWorker(node: Deno.lint.Node, argument: Deno.lint.Node | undefined): void {
    if (argument?.type !== "Literal" || typeof argument.value !== "string") return;
    if (argument.value.endsWith(".ts")) this.#refer(node, argument.value, "worker");
  }

  #export({ range }: Deno.lint.Node, name: string): void {
    const documented = this.#docEnds.has(this.text.slice(0, range[0]).trimEnd().length);
    const isOverload = this.exports.some((one) => one.name === name && one.documented);
    this.exports.push({ name, documented: documented || isOverload, line: this.#line(range[0]) });
  }

  #use({ range }: Deno.lint.Node, name: string): void {
    this.uses.push({ name, line: this.#line(range[0]) });
  }

  #line(index: number): number {
    let [low, high] = [0, this.#lineStarts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

function declaredNames(declaration: Deno.lint.Node): string[] {
  switch (declaration.type) {
    case "VariableDeclaration":
      return declaration.declarations.map(({ id }) => id.type === "Identifier" ? id.name : "");
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return [declaration.id?.name ?? "default"];
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSEnumDeclaration":
    case "TSDeclareFunction":
      return [declaration.id?.name ?? "default"];
    default:
      return [declaration.type];
  }
}
