/** Lint: parses expressions in a workflow with GitHub's own parser. Pure. */
import {type Expr, Lexer, Parser} from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import {CONTEXTS} from './github-vocabulary.ts';

/** The functions of workflows, in addition to GitHub's general ones. */
const FUNCTIONS = [
  {name: 'always', minArgs: 0, maxArgs: 0},
  {name: 'success', minArgs: 0, maxArgs: 255},
  {name: 'failure', minArgs: 0, maxArgs: 255},
  {name: 'cancelled', minArgs: 0, maxArgs: 0},
  {name: 'hashFiles', minArgs: 1, maxArgs: 255},
];

/** A key of an access. Undefined if it is known only at run time, `*` for all. */
export type Key = string | undefined;

/** A read in an expression: `needs.react.outputs.rule`, also in the form `Needs['react'].outputs['rule']`. */
export interface ExpressionAccess {
  /** In lower case, because names are case-insensitive. The first is the context. */
  readonly keys: readonly Key[];
}

/** The tree. Undefined if GitHub rejects the expression, which {@link githubProblems} reports. @param source without braces */
export function parseWorkflowExpression(source: string): Expr | undefined {
  try {
    return new Parser(new Lexer(source).lex().tokens, [...CONTEXTS], FUNCTIONS).parse();
  } catch {
    return undefined;
  }
}

/** All reads of the expression, from left to right. */
export function accessesIn(source: string): ExpressionAccess[] {
  const tree = parseWorkflowExpression(source);
  return tree === undefined ? [] : [...accessesOf(tree)];
}

/** A part of `a || b`. */
export interface Alternative {
  /** All its reads. */
  readonly accesses: readonly ExpressionAccess[];
  /** The read that is its result: `x` in `a && x`. */
  readonly value: ExpressionAccess | undefined;
}

export function alternativesOf(source: string): Alternative[] {
  const tree = parseWorkflowExpression(source);
  return partsOf(tree).map(part => ({accesses: [...accessesOf(part)], value: accessOf(resultOf(part))}));
}

function partsOf(tree: Expr | undefined): Expr[] {
  if (tree === undefined) return [];
  if (tree instanceof Grouping) return partsOf(tree.group);
  return tree instanceof Logical && tree.operator.lexeme === '||' ? tree.args.flatMap(partsOf) : [tree];
}

function resultOf(tree: Expr): Expr {
  if (tree instanceof Grouping) return resultOf(tree.group);
  const last = tree instanceof Logical && tree.operator.lexeme === '&&' ? tree.args.at(-1) : undefined;
  return last === undefined ? tree : resultOf(last);
}

/** A read that is compared with a text by `==` or `!=`, in either order. */
export interface ExpressionComparison extends ExpressionAccess {
  readonly text: string;
}

export function expressionComparisonsIn(source: string): ExpressionComparison[] {
  const tree = parseWorkflowExpression(source);
  return tree === undefined ? [] : [...comparisonsOf(tree)];
}

function* comparisonsOf(tree: Expr): Generator<ExpressionComparison> {
  if (tree instanceof Binary && ['==', '!='].includes(tree.operator.lexeme)) {
    for (const [side, other] of [
      [tree.left, tree.right],
      [tree.right, tree.left],
    ] as const) {
      const access = accessOf(side);
      if (access !== undefined && other instanceof Literal) yield {...access, text: other.literal.coerceString()};
    }
  }
  for (const inner of [...operandsOf(tree), ...(tree instanceof IndexAccess ? [tree.expr, tree.index] : [])]) {
    yield* comparisonsOf(inner);
  }
}

function* accessesOf(tree: Expr): Generator<ExpressionAccess> {
  const access = accessOf(tree);
  if (access !== undefined) yield access;
  for (const inner of innerOf(tree)) yield* accessesOf(inner);
}

/** The access of a node. Ignores JSON conversion: `fromJSON(a.b).c` reads `a.b.c`. */
function accessOf(tree: Expr): ExpressionAccess | undefined {
  if (tree instanceof FunctionCall && isJson(tree)) return tree.args[0] && accessOf(tree.args[0]);
  if (tree instanceof ContextAccess) return {keys: [tree.name.lexeme.toLowerCase()]};
  if (tree instanceof Grouping) return accessOf(tree.group);
  if (!(tree instanceof IndexAccess)) return undefined;
  const holder = accessOf(tree.expr);
  return holder && {keys: [...holder.keys, indexKey(tree.index)]};
}

function isJson({functionName}: FunctionCall): boolean {
  return ['fromjson', 'tojson'].includes(functionName.lexeme.toLowerCase());
}

/** The name or number of an index, as written. */
export function indexKey(index: Expr): Key {
  if (index instanceof Star) return '*';
  return index instanceof Literal ? index.literal.coerceString().toLowerCase() : undefined;
}

/** The parts of the tree besides its own access. */
function innerOf(tree: Expr): readonly Expr[] {
  if (tree instanceof IndexAccess) {
    const index = indexKey(tree.index) === undefined ? [tree.index] : [];
    return accessOf(tree.expr) === undefined ? [tree.expr, ...index] : [...innerOf(tree.expr), ...index];
  }
  if (accessOf(tree) !== undefined) return operandsOf(tree).flatMap(innerOf);
  return operandsOf(tree);
}

/** The operands of an operator, or the arguments of a function. */
function operandsOf(tree: Expr): readonly Expr[] {
  if (tree instanceof Unary) return [tree.expr];
  if (tree instanceof Grouping) return [tree.group];
  if (tree instanceof Binary) return [tree.left, tree.right];
  if (tree instanceof Logical || tree instanceof FunctionCall) return tree.args;
  return [];
}

/** The access as text: `needs.react.outputs.rule`. */
export function formatAccess({keys: [context = '', ...keys]}: ExpressionAccess): string {
  return keys.reduce<string>((text, key) => `${text}${key === undefined ? '[…]' : `.${key}`}`, context);
}
