/** Compile: the nodes of an expression and the names that they read, if the names are literals. */
import type {Expr} from '@actions/expressions';
import {ContextAccess, FunctionCall, Grouping, IndexAccess, Literal, Logical, Unary} from '@actions/expressions/ast';

/** An access such as `after.properties.locked` in a tree: its path and its node. */
export interface Access {
  readonly path: string;
  readonly node: Expr;
}

/** All accesses in the tree, without duplicates, with the longest literal path. */
export function accessesOf(tree: Expr): Access[] {
  const found = new Map<string, Access>();
  for (const node of nodesOf(tree, node => pathOf(node) === undefined)) {
    const path = pathOf(node);
    if (path !== undefined) found.set(JSON.stringify(path), {path: path.join('.'), node});
  }
  return [...found.values()];
}

/** Every name that follows `properties` or `relations`, on any object. */
export function namesAfter(kind: 'properties' | 'relations', tree: Expr): string[] {
  const names = [...nodesOf(tree)].flatMap(node => {
    const name = nameAt(node);
    const parent = name === undefined ? undefined : nameAt((node as IndexAccess).expr);
    return name !== undefined && parent?.toLowerCase() === kind ? [name] : [];
  });
  return [...new Set(names)];
}

/** The node and its descendants, in the order of the text. Skips the descendants of a node if `enters` returns false. */
export function* nodesOf(tree: Expr, enters: (node: Expr) => boolean = () => true): Generator<Expr> {
  const pending = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    yield node;
    if (enters(node)) pending.push(...childrenOf(node).toReversed());
  }
}

function childrenOf(node: Expr): Expr[] {
  if (node instanceof IndexAccess) return [node.expr, node.index];
  if (node instanceof Logical || node instanceof FunctionCall) return node.args;
  if (node instanceof Unary) return [node.expr];
  if (node instanceof Grouping) return [node.group];
  return 'left' in node && 'right' in node ? [node.left as Expr, node.right as Expr] : [];
}

/** The names from a root on, for both `after.properties.locked` and `(after)['properties'].locked`. */
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
