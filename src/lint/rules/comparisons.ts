/** Lint: finds the comparisons in expressions. Pure. */
import type {Expr} from '@actions/expressions';
import {Binary, FunctionCall, Grouping, Literal} from '@actions/expressions/ast';
import {parseCondition} from '../../rules/expression/expression.ts';
import {fromData} from '../../rules/expression/expression-data.ts';
import {nodesOf, pathOf} from '../../rules/expression/expression-nodes.ts';

export interface ValueComparison {
  /** The names from a root on, as written: after, properties, locked. */
  readonly path: readonly string[];
  readonly value: string | number | boolean | null;
  /** The text of the value. */
  readonly part: string;
  /** Whether it tests for equality. Otherwise, it tests for more or less. */
  readonly isEquality: boolean;
}

/** The comparisons of a path with a literal, in either order. Empty if the expression can't be compiled. */
export function comparisonsIn(source: string): ValueComparison[] {
  try {
    return [...nodesOf(parseCondition(source))].flatMap(node => [...ofOperator(node), ...ofList(node)]);
  } catch {
    return []; // the loader reports it
  }
}

/** The pairs of paths that are compared with `==` or `!=`. Empty if the expression can't be compiled. */
export function comparedPaths(source: string): [left: string, right: string][] {
  try {
    return [...nodesOf(parseCondition(source))].flatMap(node => {
      if (!(node instanceof Binary) || !['==', '!='].includes(node.operator.lexeme)) return [];
      const [left, right] = [pathOf(bare(node.left)), pathOf(bare(node.right))];
      return left && right ? [[left.join('.'), right.join('.')] as [string, string]] : [];
    });
  } catch {
    return []; // the loader reports it
  }
}

function ofOperator(node: Expr): ValueComparison[] {
  if (!(node instanceof Binary)) return [];
  const [left, right] = [bare(node.left), bare(node.right)];
  const isEquality = ['==', '!='].includes(node.operator.lexeme);
  return [...ofPair(left, right, isEquality), ...ofPair(right, left, isEquality)];
}

function ofPair(read: Expr, literal: Expr, isEquality: boolean): ValueComparison[] {
  const path = pathOf(read);
  if (path === undefined || !(literal instanceof Literal)) return [];
  return [{path, value: scalarOf(literal), part: literal.token.lexeme, isEquality}];
}

/** Treats `contains(fromJSON('["a", "b"]'), after.properties.x)` as a comparison with each value. */
function ofList(node: Expr): ValueComparison[] {
  if (!isCall(node, 'contains')) return [];
  const [list, read] = node.args.map(bare);
  const path = read === undefined ? undefined : pathOf(read);
  const text = list !== undefined && isCall(list, 'fromjson') ? list.args.map(bare)[0] : undefined;
  if (path === undefined || !(text instanceof Literal)) return [];
  return valuesIn(text.literal.coerceString()).map(value => ({
    ...{path, value, isEquality: true},
    part: typeof value === 'string' ? value : String(value),
  }));
}

function valuesIn(json: string): ValueComparison['value'][] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.filter(isScalar) : [];
  } catch {
    return []; // the evaluation reports the error
  }
}

function isScalar(value: unknown): value is ValueComparison['value'] {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isCall(node: Expr, name: string): node is FunctionCall {
  return node instanceof FunctionCall && node.functionName.lexeme.toLowerCase() === name;
}

function bare(node: Expr): Expr {
  return node instanceof Grouping ? bare(node.group) : node;
}

function scalarOf({literal}: Literal): ValueComparison['value'] {
  const value: unknown = fromData(literal);
  return isScalar(value) ? value : null;
}
