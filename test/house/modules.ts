// Reads the tree for the architecture test: source text in, what a module imports, exports, calls and throws out.
// Parsing is oxc's; type-only imports count as imports.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { parseSync } from "oxc-parser";

export interface SourceFile {
  /** From the root, with forward slashes: `src/model/flow.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Module {
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly ModuleImport[];
  /** Names this module exports, types too. */
  readonly exports: readonly string[];
  /** `Date.now`, `console.log`, `setTimeout`: calls and uses of names of the outside. */
  readonly uses: readonly Located[];
  /** First words of messages of errors that are made with `new …Error(…)`; `…` stands for what is computed. */
  readonly errorMessages: readonly Located[];
  /** Functions with their length in lines. */
  readonly functions: readonly { readonly name: string; readonly line: number; readonly lineCount: number }[];
}

export interface ModuleImport {
  readonly specifier: string;
  /** Path from the root for relative imports; null for packages and node: modules. */
  readonly target: string | null;
  readonly line: number;
}

export interface Located {
  readonly text: string;
  readonly line: number;
}

/** All files under a folder whose name ends as given; hidden ones and node_modules are left out. */
export function readFiles(root: string, folder: string, endings: readonly string[]): SourceFile[] {
  const found: SourceFile[] = [];
  const visit = (path: string): void => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (!name.startsWith(".") && name !== "node_modules" && name !== "out") visit(join(path, name));
      }
    } else if (endings.some((ending) => path.endsWith(ending))) {
      found.push({ path: relative(root, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") });
    }
  };
  visit(join(root, folder));
  return found;
}

type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<Record<string, unknown>>;

/** Parses one module. @throws when it does not parse, naming the file */
export function parseModule(file: SourceFile): Module {
  const parsed = parseSync(file.path, file.text);
  if (parsed.errors.length > 0) {
    throw new Error(`Cannot parse ${file.path}: the text must be TypeScript, got ${parsed.errors[0].message}`);
  }
  const lineOf = lineFinder(file.text);
  const imports: ModuleImport[] = [];
  const add = (specifier: string, start: number): void => {
    // The kernel's compiler adds the ending itself.
    const ending = /\.\w+$/.test(specifier) ? "" : ".ts";
    const target = specifier.startsWith(".") ? posix.join(dirname(file.path), specifier) + ending : null;
    imports.push({ specifier, target, line: lineOf(start) });
  };
  for (const each of parsed.module.staticImports) add(each.moduleRequest.value, each.start);
  for (const each of parsed.module.staticExports) {
    for (const entry of each.entries) if (entry.moduleRequest !== null) add(entry.moduleRequest.value, each.start);
  }
  const exports = parsed.module.staticExports.flatMap((each) =>
    each.entries.map((entry) => entry.exportName.name ?? "").filter((name) => name !== ""),
  );
  const seen = {
    uses: [] as Located[],
    errorMessages: [] as Located[],
    functions: [] as Module["functions"][number][],
  };
  walk(parsed.program as unknown as Node, (node, parent) => {
    if (node.type === "ImportExpression" || node.type === "TSImportType") {
      const specifier = literalText((node.source ?? node.argument) as Node | undefined);
      if (specifier !== null) add(specifier, node.start);
    }
    visitUse(node, parent, lineOf, seen.uses);
    visitError(node, lineOf, seen.errorMessages);
    visitFunction(node, parent, lineOf, seen.functions);
  });
  return { path: file.path, lineCount: file.text.trimEnd().split("\n").length, imports, exports, ...seen };
}

function walk(node: Node, visit: (node: Node, parent: Node | null) => void, parent: Node | null = null): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const inner of Array.isArray(value) ? value : [value]) {
      if (typeof inner === "object" && inner !== null && "type" in inner) walk(inner as Node, visit, node);
    }
  }
}

const watchedObjects = new Set(["Date", "Math", "performance", "console", "process"]);
const watchedNames = new Set(["setTimeout", "setInterval", "setImmediate"]);

/** Uses, not only calls: `const now = Date.now` would hide a call. `new Date()` without an argument reads the clock. */
function visitUse(node: Node, parent: Node | null, lineOf: (at: number) => number, uses: Located[]): void {
  if (node.type === "MemberExpression") {
    const object = nameOf(node.object);
    const property = nameOf(node.property) ?? literalText(node.property as Node);
    if (object !== null && property !== null && watchedObjects.has(object)) {
      uses.push({ text: `${object}.${property}`, line: lineOf(node.start) });
    }
    const inner = node.object as Node;
    if (inner.type === "MemberExpression" && nameOf(inner.object) === "globalThis" && property !== null) {
      uses.push({ text: `${nameOf(inner.property) ?? ""}.${property}`, line: lineOf(node.start) });
    }
  } else if (node.type === "Identifier" && watchedNames.has(String(node.name))) {
    const isName = parent?.type === "Property" || parent?.type === "TSPropertySignature";
    if (!isName) uses.push({ text: String(node.name), line: lineOf(node.start) });
  } else if (
    node.type === "NewExpression" &&
    nameOf(node.callee) === "Date" &&
    (node.arguments as Node[]).length === 0
  ) {
    uses.push({ text: "new Date()", line: lineOf(node.start) });
  }
}

function visitError(node: Node, lineOf: (at: number) => number, messages: Located[]): void {
  if (node.type !== "NewExpression" || !/^(Range|Type|Syntax)?Error$/.test(nameOf(node.callee) ?? "")) return;
  const text = literalText((node.arguments as Node[])[0]);
  if (text !== null) messages.push({ text, line: lineOf(node.start) });
}

function visitFunction(
  node: Node,
  parent: Node | null,
  lineOf: (at: number) => number,
  functions: { name: string; line: number; lineCount: number }[],
): void {
  if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
  if (node.body === null || node.body === undefined) return;
  const name = nameOf(node.id) ?? nameOf(parent?.id) ?? nameOf(parent?.key) ?? "(unnamed)";
  functions.push({ name, line: lineOf(node.start), lineCount: lineOf(node.end) - lineOf(node.start) + 1 });
}

function nameOf(node: unknown): string | null {
  const known = node as Node | null | undefined;
  const isName = known?.type === "Identifier" || known?.type === "PrivateIdentifier";
  return isName ? String(known.name) : null;
}

/** Text of a literal, a template or literals added up; `…` for each computed part. Null when it is something else. */
function literalText(node: Node | undefined): string | null {
  if (node === undefined || node === null) return null;
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "TemplateLiteral") {
    const quasis = node.quasis as readonly { readonly value: { readonly cooked: string } }[];
    return quasis.map((quasi) => quasi.value.cooked).join("…");
  }
  if (node.type === "BinaryExpression" && node.operator === "+") {
    const [left, right] = [literalText(node.left as Node), literalText(node.right as Node)];
    return left === null && right === null ? null : `${left ?? "…"}${right ?? "…"}`;
  }
  return null;
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
