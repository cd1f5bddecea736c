/** Makes V8 compile the modules of a bundle as it reads them. */
import {parse} from 'acorn';

/**
 * Puts the functions that webpack makes of modules into parentheses. V8 only skims a function that it comes across, and reads
 * it again when it is called; one in parentheses it takes for one that is called at once, and compiles it (its "possibly
 * invoked function expressions", https://v8.dev/blog/preparser#pife). Nearly all of the action is one such function, so that
 * this saves one of two passes over the bundle. Modules that are loaded by `import()` stay as they are.
 */
export function compileModulesEagerly(code) {
  const late = new Set([...code.matchAll(/\.bind\(\w+,(\d+)\)/g)].map(([, id]) => Number(id)));
  const modules = [...propertiesIn(parse(code, {ecmaVersion: 'latest', sourceType: 'module'}))]
    .filter(({key, value}) => typeof key.value === 'number' && FUNCTIONS.includes(value.type) && !late.has(key.value))
    .map(({value}) => value);
  let eager = '';
  let end = 0;
  for (const module of modules) {
    eager += `${code.slice(end, module.start)}(${code.slice(module.start, module.end)})`;
    end = module.end;
  }
  return eager + code.slice(end);
}

const FUNCTIONS = ['ArrowFunctionExpression', 'FunctionExpression'];

/** In the order of the text; of what is within functions that are values of properties, none. */
function* propertiesIn(node) {
  if (node === null || typeof node !== 'object') return;
  if (node.type === 'Property' && FUNCTIONS.includes(node.value.type)) yield node;
  else for (const child of Object.values(node)) yield* propertiesIn(child);
}
