/**
 * Compile: everything in a change that an expression can read. Whole objects, `*` and computed names count as reading
 * everything below.
 */
import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import {PARTS} from '../../change/change.ts';
import {ANY, type ReadPath, type Reads} from '../../change/reads.ts';

/**
 * The paths that the tree can read.
 * @param use `truth` if only the truthiness of the result counts. `before` alone then only tests whether it exists
 */
export function readsOf(tree: Expr, use: Use): Reads {
  const reader = new Reader();
  reader.read(tree, use);
  return [...reader.found.values()];
}

type Use = 'truth' | 'value';

/** Not recursive, because expressions can be nested as deeply as they are long. */
class Reader {
  readonly found = new Map<string, ReadPath>();
  readonly #waiting: {readonly node: Expr; readonly use: Use}[] = [];

  read(tree: Expr, use: Use): void {
    this.#wait([tree], use);
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop())
      this.#visit(next.node, next.use);
  }

  #wait(nodes: readonly Expr[], use: Use): void {
    this.#waiting.push(...nodes.map(node => ({node, use})));
  }

  #visit(node: Expr, use: Use): void {
    const parts = partsOf(node, use);
    if (parts !== undefined) this.#wait(...parts);
    else for (const path of this.#pathsOf(node)) if (use === 'value' || !isStructure(path)) this.#add(path);
  }

  /** The paths in the change that the value of the node can come from. Adds what is read on the way. */
  #pathsOf(access: Expr): ReadPath[] {
    const names: string[] = [];
    let node = access;
    while (node instanceof IndexAccess || node instanceof Grouping) {
      if (node instanceof IndexAccess) names.push(this.#nameOf(node.index));
      node = node instanceof IndexAccess ? node.expr : node.group;
    }
    return this.#rootsOf(node).map(path => [...path, ...names.toReversed()]);
  }

  #rootsOf(node: Expr): ReadPath[] {
    if (node instanceof ContextAccess) return [[node.name.lexeme.toLowerCase()]];
    if (node instanceof Literal) return [];
    if (node instanceof Logical) {
      this.#wait(node.args, 'truth');
      return node.args.flatMap(arg => this.#pathsOf(arg));
    }
    this.#wait([node], 'value');
    return [];
  }

  #nameOf(index: Expr): string {
    if (index instanceof Literal) return index.literal.coerceString();
    if (!(index instanceof Star)) this.#wait([index], 'value');
    return ANY;
  }

  #add(path: ReadPath): void {
    for (const read of path[0] === 'change' ? [pathInChange(path.slice(1))] : pathsInSide(path)) {
      this.found.set(JSON.stringify(read), read);
    }
  }
}

/** The parts that the value of a node is computed from, and how they are used. Undefined for an access to the change. */
function partsOf(node: Expr, use: Use): [nodes: readonly Expr[], use: Use] | undefined {
  if (node instanceof Grouping) return [[node.group], use];
  if (node instanceof Unary) return [[node.expr], 'truth'];
  // Objects are compared by identity, not by content.
  if (node instanceof Binary) return [[node.left, node.right], 'truth'];
  if (node instanceof Logical) return [node.args, use];
  return node instanceof FunctionCall ? [node.args, 'value'] : undefined;
}

function pathInChange([name = ANY, ...rest]: ReadPath): ReadPath {
  return name === ANY ? [] : [name.toLowerCase(), ...rest];
}

/** A side has its own title and team only if they differ from those of the change. */
function pathsInSide(path: ReadPath): ReadPath[] {
  const [, name = ANY, ...rest] = path;
  const shared = SHARED.filter(key => name === ANY || name.toLowerCase() === key);
  return [path, ...shared.map(key => [key, ...(name === ANY ? [] : rest)])];
}

const SHARED = ['title', 'team'];

/** Whether the path is present in every change, even a cut one: `before`, `after.properties`, `change`. */
function isStructure([root, name, ...rest]: ReadPath): boolean {
  if (name === undefined) return true;
  return root !== 'change' && rest.length === 0 && PARTS.some(part => part === name.toLowerCase());
}
