import type { Node } from "web-tree-sitter";
import { rulesOf, type SymbolRule, through } from "./code-rules.ts";
import type { CodeSymbol } from "./code-outline.ts";

/** Most symbols of a file. */
export const keptSymbols: number = 2000;
const deepestSymbol = 5;
/** Nodes between a symbol and the root that are gone into. */
const deepestNode = 60;
/** Characters looked at of a symbol's head. */
const headCharacters = 400;
const nameWidth = 80;
const functions: ReadonlySet<string> = new Set([
  "arrow_function",
  "function_expression",
  "generator_function",
]);

const owners: ReadonlySet<string> = new Set(["class", "struct", "trait", "impl", "module"]);
const declarations: ReadonlySet<string> = new Set(["lexical_declaration", "variable_declaration"]);

/** Where the walk is. */
interface Place {
  /** Symbols around it. */
  readonly depth: number;
  /** Nodes around it. */
  readonly level: number;
  /** What the source says before it, for example `export `. */
  readonly prefix: string;
  /** Kind of the symbol around it. */
  readonly owner?: string | undefined;
}

/** The symbols in a tree of nodes, in the order of the source. Nothing is looked for in bodies of functions. */
export function symbolsIn(root: Node, grammar: string, source: string): readonly CodeSymbol[] {
  const walk = new Walk(source, rulesOf(grammar));
  walk.into(root, { depth: 0, level: 0, prefix: "" });
  return walk.symbols;
}

class Walk {
  readonly symbols: CodeSymbol[] = [];
  readonly #source: string;
  readonly #rules: ReadonlyMap<string, SymbolRule>;

  constructor(source: string, rules: ReadonlyMap<string, SymbolRule>) {
    this.#source = source;
    this.#rules = rules;
  }

  into(node: Node, place: Place): void {
    if (place.level > deepestNode) return;
    for (const child of node.namedChildren) {
      if (this.symbols.length >= keptSymbols) return;
      this.#visit(child, { ...place, level: place.level + 1 });
    }
  }

  #visit(node: Node, place: Place): void {
    const rule = this.#rules.get(node.type);
    if (rule && fits(node, rule, place)) this.#take(node, rule, place);
    else if (through.has(node.type)) this.into(node, { ...place, prefix: prefixOf(node, place) });
  }

  #take(node: Node, rule: SymbolRule, place: Place): void {
    const body = bodyOf(node);
    const signature = place.prefix + (rule.prefix ?? "") + this.#head(node, body);
    const name = nameOf(node) ?? signature;
    const kind = kindOf(node, rule.kind, place.owner);
    this.symbols.push({
      kind,
      name: name.slice(0, nameWidth),
      signature,
      line: node.startPosition.row + 1,
      depth: place.depth,
    });
    if (rule.isEntered && place.depth < deepestSymbol)
      this.into(body ?? node, {
        depth: place.depth + 1,
        level: place.level,
        prefix: "",
        owner: kind,
      });
  }

  /** The source of a symbol up to its body, in one line. */
  #head(node: Node, body: Node | null): string {
    const limit = node.startIndex + headCharacters;
    const end = Math.min(body?.startIndex ?? node.endIndex, limit);
    const text = this.#source.slice(node.startIndex, end);
    const brace = body ? -1 : text.indexOf("{");
    return (brace > 0 ? text.slice(0, brace) : text)
      .replaceAll(/\s+/gu, " ")
      .replace(/^(?:@(?!interface\b)[\w.]+(?:\([^()]*\))? )+/u, "")
      .replace(/(?:[\s{:=;,]|=>)+$/u, "")
      .replace(/[; ]+end$/u, "");
  }
}

/** Whether a node is a symbol: types that are only named there are none, nor are variables without a function. */
function fits(node: Node, { needs }: SymbolRule, { prefix, depth }: Place): boolean {
  if (needs === "body") return node.childForFieldName("body") !== null;
  if (needs === "function") return declaredFunction(node) !== undefined;
  if (needs === "function-value") return hasFunction(node);
  if (needs !== "value") return true;
  return hasFunction(node) || (prefix.startsWith("export") && depth === 0);
}

function hasFunction(node: Node): boolean {
  return functions.has(node.childForFieldName("value")?.type ?? "");
}

/** A function in a class is a method, and a variable that holds a function is told as one. */
function kindOf(node: Node, kind: string, owner: string | undefined): string {
  if (kind === "function" && owners.has(owner ?? "")) return "method";
  return kind === "variable" && hasFunction(node) ? "function" : kind;
}

function prefixOf(node: Node, { prefix }: Place): string {
  if (declarations.has(node.type)) return `${prefix}${node.child(0)?.text ?? ""} `;
  if (node.type !== "export_statement") return prefix;
  return node.children.some((child) => child?.type === "default") ? "export default " : "export ";
}

/** The body of a symbol, or that of the function which is its value. */
function bodyOf(node: Node): Node | null {
  const body = node.childForFieldName("body");
  if (body) return body;
  const value = node.childForFieldName("value");
  if (!value) return null;
  return functions.has(value.type) ? value.childForFieldName("body") : value;
}

function nameOf(node: Node): string | undefined {
  const named = node.childForFieldName("name") ?? node.childForFieldName("left");
  if (named) return named.text;
  return (declaredName(node) ?? node.childForFieldName("type"))?.text;
}

/** In C, the name lies in declarators around it: of a pointer, an array, a function. */
function declaredName(node: Node): Node | undefined {
  let inner = node.childForFieldName("declarator");
  for (let next = inner; next; next = next.childForFieldName("declarator")) inner = next;
  return inner ?? undefined;
}

function declaredFunction(node: Node): Node | undefined {
  let inner = node.childForFieldName("declarator");
  while (inner && inner.type !== "function_declarator")
    inner = inner.childForFieldName("declarator");
  return inner ?? undefined;
}
