/** Makes V8 compile functions of a bundle in its first pass. */
import {parse} from 'acorn';

/**
 * Puts functions into parentheses. V8 pre-parses a function, and parses it again when it is called. It assumes that a function in
 * parentheses is called immediately, and compiles it ("possibly invoked function expressions", https://v8.dev/blog/preparser#pife). That
 * saves one of two passes over the functions that every run calls. The modules of webpack are nested functions, so otherwise the whole
 * text is pre-parsed twice.
 * @param {string} code a script or CommonJS
 * @param {ReadonlySet<number>} called the offsets of the functions that a typical run calls
 */
export function compileEagerly(code, called) {
  const marks = [...functionsIn(parse(code, {ecmaVersion: 'latest', sourceType: 'script'}))]
    .filter(({start}) => called.has(start))
    .flatMap(({start, end}) => [
      {at: start, text: '('},
      {at: end, text: ')'},
    ])
    .sort((a, b) => a.at - b.at);
  let eager = '';
  let end = 0;
  for (const {at, text} of marks) {
    eager += code.slice(end, at) + text;
    end = at;
  }
  return eager + code.slice(end);
}

const FUNCTIONS = ['ArrowFunctionExpression', 'FunctionExpression'];

/** The functions that can be put into parentheses: expressions, but not methods, getters and setters. */
function* functionsIn(node) {
  if (node === null || typeof node !== 'object') return;
  if (FUNCTIONS.includes(node.type)) yield node;
  const isMethod =
    node.type === 'MethodDefinition' || (node.type === 'Property' && (node.method || node.kind !== 'init'));
  if (isMethod) {
    yield* functionsIn(node.key);
    yield* functionsIn(node.value.params);
    yield* functionsIn(node.value.body);
  } else for (const child of Object.values(node)) yield* functionsIn(child);
}
