type Need = "body" | "function" | "function-value" | "value";

/** What a node of some type means in an outline. */
export interface SymbolRule {
  readonly kind: string;
  /** True if there may be symbols in it. */
  readonly isEntered: boolean;
  /** What it must have to be one. */
  readonly needs?: Need | undefined;
  /** What the source says before the node. */
  readonly prefix?: string | undefined;
}

/** Types of nodes that are no symbols themselves, but hold some, in any of the grammars. */
export const through: ReadonlySet<string> = new Set(
  words(`
    ERROR export_statement ambient_declaration decorated_definition lexical_declaration variable_declaration
    block if_statement else_clause elif_clause try_statement except_clause finally_clause with_statement
    class_body interface_body enum_body enum_body_declarations declaration_list field_declaration_list
    type_declaration template_declaration linkage_specification preproc_if preproc_ifdef preproc_else preproc_elif
    body_statement singleton_class expression_statement statement_list
  `),
);

/** By grammar: types of nodes and the kinds of symbols they are; `+` where they are gone into, `?x` where they must have an x. */
const sources: Readonly<Record<string, string>> = {
  typescript: `
    class_declaration=class+ abstract_class_declaration=class+ interface_declaration=interface enum_declaration=enum
    type_alias_declaration=type function_declaration=function generator_function_declaration=function
    function_signature=function method_definition=method abstract_method_signature=method method_signature=method
    public_field_definition=method?function-value variable_declarator=variable?value internal_module=namespace+ module=namespace+
  `,
  javascript: `
    class_declaration=class+ function_declaration=function generator_function_declaration=function
    method_definition=method field_definition=method?function-value variable_declarator=variable?value
  `,
  python: "class_definition=class+ function_definition=function type_alias_statement=type",
  go: "function_declaration=function method_declaration=method type_spec=type type_alias=type",
  java: `
    class_declaration=class+ interface_declaration=interface+ enum_declaration=enum+ record_declaration=record+
    annotation_type_declaration=annotation method_declaration=method constructor_declaration=constructor
  `,
  cpp: `
    namespace_definition=namespace+ class_specifier=class+?body struct_specifier=struct+?body union_specifier=union?body
    enum_specifier=enum?body function_definition=function declaration=function?function field_declaration=function?function
    type_definition=type alias_declaration=type preproc_function_def=macro concept_definition=concept
  `,
  rust: `
    struct_item=struct enum_item=enum union_item=union trait_item=trait+ impl_item=impl+ mod_item=module+
    function_item=function function_signature_item=function macro_definition=macro type_item=type const_item=constant
    static_item=static
  `,
  ruby: "module=module+ class=class+ method=method singleton_method=method",
  php: `
    namespace_definition=namespace+ class_declaration=class+ interface_declaration=interface+ trait_declaration=trait+
    enum_declaration=enum+ method_declaration=method function_definition=function
  `,
  bash: "function_definition=function",
  css: "rule_set=rule media_statement=media+ keyframes_statement=keyframes",
};

/** What the source says before a node of some type, by grammar and type. */
const prefixes: ReadonlyMap<string, string> = new Map([
  ["go type_spec", "type "],
  ["go type_alias", "type "],
  ["css media_statement", "@media "],
  ["css keyframes_statement", "@keyframes "],
]);

const rules: ReadonlyMap<string, ReadonlyMap<string, SymbolRule>> = new Map(
  Object.entries(sources).map(([grammar, source]) => [
    grammar,
    new Map(words(source).map((entry) => ruleOf(entry, grammar))),
  ]),
);

/** The rules of a grammar. */
export function rulesOf(grammar: string): ReadonlyMap<string, SymbolRule> {
  return rules.get(grammar === "tsx" ? "typescript" : grammar) ?? new Map();
}

function ruleOf(entry: string, grammar: string): readonly [string, SymbolRule] {
  const [type = "", meaning = ""] = entry.split("=");
  const [kind = "", needs] = meaning.split("?");
  const prefix = prefixes.get(`${grammar} ${type}`);
  return [
    type,
    {
      kind: kind.replace("+", ""),
      isEntered: kind.endsWith("+"),
      ...(needs !== undefined && { needs: needs as Need }),
      ...(prefix !== undefined && { prefix }),
    },
  ];
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/u);
}
