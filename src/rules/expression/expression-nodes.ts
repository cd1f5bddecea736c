/** Compile: the nodes of an expression, and the names that they read as far as those are written out. */
import type {Expr} from '@actions/expressions';
import {ContextAccess, FunctionCall, Grouping, IndexAccess, Literal, Logical, Unary} from '@actions/expressions/ast';

/** `after.properties.locked` in a tree: its text, and its node. */
export interface Access {
  readonly path: string;
  readonly node: Expr;
}

/** What the tree reads, each once, written out as far as can be. */
export function accessesOf(tree: Expr): Access[] {
  const found = new Map<string, Access>();
  for (const node of nodesOf(tree, node => pathOf(node) === undefined)) {
    const path = pathOf(node);
    if (path !== undefined) found.set(JSON.stringify(path), {path: path.join('.'), node});
  }
  return [...found.values()];
}

/** Every name that stands behind `properties` or `relations`, whatever that is reached through. */
export function namesBehind(kind: 'properties' | 'relations', tree: Expr): string[] {
  const names = [...nodesOf(tree)].flatMap(node => {
    const name = nameAt(node);
    const parent = name === undefined ? undefined : nameAt((node as IndexAccess).expr);
    return name !== undefined && parent?.toLowerCase() === kind ? [name] : [];
  });
  return [...new Set(names)];
}

/** The node and all below it, in the order of the text. Those below only where `enters` says so. */
export function* nodesOf(tree: Expr, enters: (node: Expr) => boolean = () => true): Generator<Expr> {
  const waiting = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    if (enters(node)) waiting.push(...childrenOf(node).toReversed());
  }
}

function childrenOf(node: Expr): Expr[] {
  if (node instanceof IndexAccess) return [node.expr, node.index];
  if (node instanceof Logical || node instanceof FunctionCall) return node.args;
  if (node instanceof Unary) return [node.expr];
  if (node instanceof Grouping) return [node.group];
  return 'left' in node && 'right' in node ? [node.left as Expr, node.right as Expr] : [];
}

/** The names from a root on, for `after.properties.locked` and `(after)['properties'].locked` alike. */
export function pathOf(node: Expr): string[] | undefined {
  if (node instanceof Grouping) return pathOf(node.group);
  if (node instanceof ContextAccess) return [node.name.lexeme];
  const name = nameAt(node);
  const parent = name === undefined ? undefined : pathOf((node as IndexAccess).expr);
  return parent && name !== undefined ? [...parent, name] : undefined;
}

/** The last name of `x.name`, `x['name']` and `x[0]`. */
function nameAt(node: Expr): string | undefined {
  if (node instanceof Grouping) return nameAt(node.group);
  return node instanceof IndexAccess && node.index instanceof Literal ? node.index.literal.coerceString() : undefined;
}
