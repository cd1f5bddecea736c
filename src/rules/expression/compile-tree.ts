/**
 * Evaluate: the tree of an expression → a function of a change. Every change is evaluated against many rules, so common
 * expressions are compiled here and take a tenth of the time. GitHub's own evaluator handles all others, and tests compare
 * the two. Pure.
 */
import {data, Evaluator, type Expr} from '@actions/expressions';
import {
  type Binary,
  ContextAccess,
  type ExprVisitor,
  type FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  type Logical,
  type Unary,
} from '@actions/expressions/ast';
import {canStartEqual, compare, isContainer, isEqual, isTruthy, toText, toUpper, type Value} from './coercion.ts';
import {type ExpressionContext, LazyDictionary, unwrap} from './expression-data.ts';

/** @throws {Error} if the expression cannot be evaluated */
export type Evaluate = (context: ExpressionContext) => Value;

/** Compiles on first use, because most runs evaluate few of the expressions that they load. */
export function compileTree(tree: Expr): Evaluate {
  let evaluate: Evaluate | undefined;
  return context => {
    evaluate ??= compile(tree);
    return evaluate(context);
  };
}

function compile(tree: Expr): Evaluate {
  return tree.accept(COMPILER);
}

const OPERATORS: ReadonlyMap<string, (left: Value, right: Value) => boolean> = new Map([
  ['==', isEqual],
  ['!=', (left, right) => !isEqual(left, right)],
  ['>', (left, right) => compare(left, right) > 0],
  ['>=', (left, right) => compare(left, right) >= 0],
  ['<', (left, right) => compare(left, right) < 0],
  ['<=', (left, right) => compare(left, right) <= 0],
]);

const containsText = ofTexts((text, part) => text.toLowerCase().includes(part.toLowerCase()));

const FUNCTIONS: ReadonlyMap<string, (left: Value, right: Value) => boolean> = new Map([
  ['contains', contains],
  ['startswith', ofTexts((text, start) => canStartEqual(text, start) && toUpper(text).startsWith(toUpper(start)))],
  ['endswith', ofTexts((text, end) => toUpper(text).endsWith(toUpper(end)))],
]);

function contains(search: Value, item: Value): boolean {
  if (search instanceof data.Array) return search.values().some(value => isEqual(item, unwrap(value)));
  return containsText(search, item);
}

/** Returns false for lists and mappings, which have no string form. */
function ofTexts(test: (text: string, part: string) => boolean) {
  return (text: Value, part: Value) => !isContainer(text) && !isContainer(part) && test(toText(text), toText(part));
}

const COMPILER: ExprVisitor<Evaluate> = {
  visitLiteral({literal}: Literal) {
    const value = unwrap(literal);
    return () => value;
  },
  visitGrouping({group}: Grouping) {
    return compile(group);
  },
  visitUnary({expr}: Unary) {
    const evaluate = compile(expr);
    return context => !isTruthy(evaluate(context)); // the only operator is `!`
  },
  visitBinary(binary: Binary) {
    const holds = OPERATORS.get(binary.operator.lexeme);
    if (holds === undefined) return byGitHub(binary);
    const [left, right] = [compile(binary.left), compile(binary.right)];
    return context => holds(left(context), right(context));
  },
  visitLogical({operator, args}: Logical) {
    const parts = args.map(compile);
    const decisive = operator.lexeme === '||';
    return context => {
      let value: Value = null;
      for (const part of parts) {
        value = part(context);
        if (isTruthy(value) === decisive) break;
      }
      return value;
    };
  },
  visitContextAccess({name}: ContextAccess) {
    const root = name.lexeme.toLowerCase();
    return context => context.read(root);
  },
  visitIndexAccess(access: IndexAccess) {
    return compilePath(access) ?? byGitHub(access);
  },
  visitFunctionCall(call: FunctionCall) {
    const name = call.functionName.lexeme.toLowerCase();
    const [first, second] = call.args;
    if (name === 'fromjson' && first instanceof Literal) return asConstant(call);
    const test = FUNCTIONS.get(name);
    if (test === undefined || first === undefined || second === undefined) return byGitHub(call);
    const [left, right] = [compile(first), compile(second)];
    return context => test(left(context), right(context));
  },
};

function byGitHub(node: Expr): Evaluate {
  return context => unwrap(new Evaluator(node, context).evaluate());
}

/** Evaluates a constant call once. A call that throws is evaluated again every time. */
function asConstant(call: FunctionCall): Evaluate {
  try {
    const value = unwrap(new Evaluator(call, new data.Dictionary()).evaluate());
    return () => value;
  } catch {
    return byGitHub(call);
  }
}

/** One step of a path: a member of a mapping or an item of a list. The name is in lower case. */
interface Step {
  readonly name: string;
  readonly place: number;
}

/** `after.properties.locked`, `(after)['properties'].tags[0]`. Undefined if a name is computed. */
function compilePath(access: Expr): Evaluate | undefined {
  const steps: Step[] = [];
  let node = access;
  while (node instanceof Grouping || (node instanceof IndexAccess && node.index instanceof Literal)) {
    if (node instanceof IndexAccess && node.index instanceof Literal) steps.push(toStep(node.index));
    node = node instanceof Grouping ? node.group : node.expr;
  }
  if (!(node instanceof ContextAccess)) return undefined;
  steps.reverse();
  const root = compile(node);
  return context => {
    let value = root(context);
    for (const step of steps) value = follow(value, step);
    return value;
  };
}

function toStep({literal}: Literal): Step {
  return {name: literal.coerceString().toLowerCase(), place: Math.floor(literal.number())};
}

function follow(value: Value, {name, place}: Step): Value {
  if (value instanceof LazyDictionary) return value.read(name);
  return value instanceof data.Array ? unwrap(value.values()[place]) : null;
}
