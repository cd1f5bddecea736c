/**
 * Lint: taint tracking for catalog text in expressions. Follows values through members, texts and JSON, even if they are
 * renamed. Pure.
 */
import type {Expr} from '@actions/expressions';
import {ContextAccess, FunctionCall, Grouping, IndexAccess, Logical} from '@actions/expressions/ast';
import {indexKey, type Key, parseWorkflowExpression} from '../workflow/workflow-expression.ts';

/**
 * `clean` never contains catalog text. `catalog` can contain it in any member. For a mapping or a list, each member is
 * tracked.
 */
export type Flow = 'clean' | 'catalog' | Members;

export interface Members {
  /** By name in lower case. */
  readonly known: ReadonlyMap<string, Flow>;
  /** All other members and the items of a list. */
  readonly rest: Flow;
  /** Set for the result of `.*`. A member of it is the list of that member of each item. */
  readonly isFiltered?: true;
  /** The outputs of the action that the value is or contains. */
  readonly origins?: readonly string[];
}

/** Returns the flow of a context by its name in lower case. */
export type Scope = (context: string) => Flow;

export function members(known: Readonly<Record<string, Flow>>, rest: Flow = 'clean'): Members {
  return {known: new Map(Object.entries(known)), rest};
}

/** A list, or a mapping for which only the values are known. */
export function listFlow(item: Flow): Members {
  return {known: new Map(), rest: item};
}

/** Whether the value, converted to text, can contain catalog text. */
export function isCatalog(flow: Flow): boolean {
  if (typeof flow === 'string') return flow === 'catalog';
  return isCatalog(flow.rest) || [...flow.known.values()].some(isCatalog);
}

/** The union of both. */
export function either(a: Flow, b: Flow): Flow {
  if (a === b || b === 'clean') return a;
  if (a === 'clean') return b;
  if (typeof a === 'string' || typeof b === 'string') return withOrigins('catalog', originsOf(a), originsOf(b));
  const names = new Set([...a.known.keys(), ...b.known.keys()]);
  const known = new Map([...names].map(name => [name, either(memberOf(a, name), memberOf(b, name))]));
  return withOrigins({known, rest: either(a.rest, b.rest)}, originsOf(a), originsOf(b));
}

export function originsOf(flow: Flow): readonly string[] {
  return typeof flow === 'string' ? [] : (flow.origins ?? []);
}

function withOrigins(flow: Flow, ...origins: readonly (readonly string[])[]): Flow {
  const all = [...new Set(origins.flat())];
  if (all.length === 0) return flow;
  return {...(typeof flow === 'string' ? listFlow(flow) : flow), origins: all};
}

export function memberOf(flow: Flow, key: Key): Flow {
  if (typeof flow === 'string') return flow;
  if (key === '*') return {...listFlow(anyMember(flow)), isFiltered: true, origins: originsOf(flow)};
  if (flow.isFiltered && !/^\d+$/.test(key ?? '')) return {...listFlow(memberOf(flow.rest, key)), isFiltered: true};
  return key === undefined ? anyMember(flow) : (flow.known.get(key) ?? flow.rest);
}

/** The result of an index that is known only at run time. */
export function anyMember(flow: Flow): Flow {
  return typeof flow === 'string' ? flow : [...flow.known.values()].reduce(either, flow.rest);
}

/** The flow of an expression. `clean` if GitHub rejects it. @param source without braces */
export function flowOf(source: string, scope: Scope): Flow {
  const tree = parseWorkflowExpression(source);
  return tree === undefined ? 'clean' : evaluate(tree, scope);
}

/** Literals, comparisons and `!` are clean, because they do not return their operands. */
function evaluate(tree: Expr, scope: Scope): Flow {
  if (tree instanceof ContextAccess) return scope(tree.name.lexeme.toLowerCase());
  if (tree instanceof Grouping) return evaluate(tree.group, scope);
  if (tree instanceof IndexAccess) return memberOf(evaluate(tree.expr, scope), indexKey(tree.index));
  if (tree instanceof Logical) return evaluateLogical(tree, scope);
  if (tree instanceof FunctionCall) return evaluateCall(tree, scope);
  return 'clean';
}

/** `a && b` returns a only if it is empty, 0 or false. */
function evaluateLogical({operator, args}: Logical, scope: Scope): Flow {
  const taken = operator.lexeme === '&&' ? args.slice(-1) : args;
  return taken.map(arg => evaluate(arg, scope)).reduce(either, 'clean');
}

/** JSON keeps the members, so that `fromJSON(toJSON(x)).a` is `x.a`. All other functions return booleans and hashes. */
function evaluateCall({functionName, args}: FunctionCall, scope: Scope): Flow {
  const values = (chosen: readonly Expr[]) => chosen.map(arg => evaluate(arg, scope));
  switch (functionName.lexeme.toLowerCase()) {
    case 'tojson':
    case 'fromjson':
      return values(args.slice(0, 1))[0] ?? 'clean';
    case 'format':
    case 'join':
      return values(args).some(isCatalog) ? 'catalog' : 'clean';
    case 'case': // conditions and values alternate. The last argument is the default
      return values(args.filter((_, index) => index % 2 === 1 || index === args.length - 1)).reduce(either, 'clean');
    default:
      return 'clean';
  }
}
