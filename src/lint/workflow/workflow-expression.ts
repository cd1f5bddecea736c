/** Lint: GitHub's expressions in a workflow, taken apart by GitHub's own parser. Pure. */
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
import {CONTEXTS} from './github-words.ts';

/** Those of workflows, beside GitHub's general ones. */
const FUNCTIONS = [
  {name: 'always', minArgs: 0, maxArgs: 0},
  {name: 'success', minArgs: 0, maxArgs: 255},
  {name: 'failure', minArgs: 0, maxArgs: 255},
  {name: 'cancelled', minArgs: 0, maxArgs: 0},
  {name: 'hashFiles', minArgs: 1, maxArgs: 255},
];

/** A key of an access. Undefined if only the run knows it, `*` for all. */
export type Key = string | undefined;

/** What an expression reads: `needs.react.outputs.rule`, also if it is written `Needs['react'].outputs['rule']`. */
export interface ExpressionAccess {
  /** In lower case, as names count in any letter case. The first is the context. */
  readonly keys: readonly Key[];
}

/** The tree. Undefined if GitHub refuses the expression, which {@link githubProblems} reports. @param source without braces */
export function parseWorkflowExpression(source: string): Expr | undefined {
  try {
    return new Parser(new Lexer(source).lex().tokens, [...CONTEXTS], FUNCTIONS).parse();
  } catch {
    return undefined;
  }
}

/** Everything that the expression reads, from left to right. */
export function accessesIn(source: string): ExpressionAccess[] {
  const tree = parseWorkflowExpression(source);
  return tree === undefined ? [] : [...accessesOf(tree)];
}

/** A part of `a || b`. */
export interface Alternative {
  /** All that it reads. */
  readonly accesses: readonly ExpressionAccess[];
  /** What it gives, if that is what it reads: `x` in `a && x`. */
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

/** A value that is compared with a text, `==` or `!=`, either way round. */
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

/** JSON is looked through: `fromJSON(a.b).c` reads `a.b.c`. */
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

/** The name or number of an index, as it is written. */
export function indexKey(index: Expr): Key {
  if (index instanceof Star) return '*';
  return index instanceof Literal ? index.literal.coerceString().toLowerCase() : undefined;
}

/** What is read beside the access that the tree is itself. */
function innerOf(tree: Expr): readonly Expr[] {
  if (tree instanceof IndexAccess) {
    const index = indexKey(tree.index) === undefined ? [tree.index] : [];
    return accessOf(tree.expr) === undefined ? [tree.expr, ...index] : [...innerOf(tree.expr), ...index];
  }
  if (accessOf(tree) !== undefined) return operandsOf(tree).flatMap(innerOf);
  return operandsOf(tree);
}

/** The values that an operator or a function takes. */
function operandsOf(tree: Expr): readonly Expr[] {
  if (tree instanceof Unary) return [tree.expr];
  if (tree instanceof Grouping) return [tree.group];
  if (tree instanceof Binary) return [tree.left, tree.right];
  if (tree instanceof Logical || tree instanceof FunctionCall) return tree.args;
  return [];
}

/** As people write it: `needs.react.outputs.rule`. */
export function writtenAs({keys: [context = '', ...keys]}: ExpressionAccess): string {
  return keys.reduce<string>((text, key) => `${text}${key === undefined ? '[…]' : `.${key}`}`, context);
}
