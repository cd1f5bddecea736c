/** The changes that scripts/build.js makes to the bundle of the action after ncc. */
import {describe, expect, test} from '@jest/globals';

type CompileEagerly = (code: string, called: ReadonlySet<number>) => string;

const {compileEagerly} = await load<{compileEagerly: CompileEagerly}>('eager-functions');
const {loadBuiltinsLate} = await load<{loadBuiltinsLate: (code: string) => string}>('lazy-builtins');

/** JavaScript without types. */
function load<T>(script: string): Promise<T> {
  return import(`../scripts/${script}.js`);
}

describe('functions that are called are compiled eagerly', () => {
  test.each([
    ['an arrow function and one inside it', 'f(a => b => a);', ['a =>', 'b =>'], 'f((a => (b => a)));'],
    ['a function expression', 'x = function () {};', ['function'], 'x = (function () {});'],
    ['other functions do not change', 'x = () => 1, y = () => 2;', ['() => 2'], 'x = () => 1, y = (() => 2);'],
    [
      'a declaration does not change',
      'function f() { return () => 1 }',
      ['function', '() =>'],
      'function f() { return (() => 1) }',
    ],
    [
      'a method does not change',
      'x = {m() {}, get g() { return () => 1 }};',
      ['m()', 'get g', '() {}', '() =>'],
      'x = {m() {}, get g() { return (() => 1) }};',
    ],
    [
      'a method of a class does not change',
      'class A { m() { f(() => 1) } }',
      ['m()', '() {', '() =>'],
      'class A { m() { f((() => 1)) } }',
    ],
  ])('%s', (_, code, called, expected) => {
    expect(compileEagerly(code, new Set(called.map(start => code.indexOf(start))))).toBe(expected);
  });
});

test("Node's modules are loaded on first use", () => {
  const code = `import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/***/ 12:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),
/* harmony import */ var crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(12);
/* harmony import */ var own__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(13);
var external_node_crypto_ = __nccwpck_require__(12);
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
const a = () => (0,external_node_fs_namespaceObject.readFileSync)(external_node_crypto_.x, crypto__WEBPACK_IMPORTED_MODULE_0__.y);
const b = own__WEBPACK_IMPORTED_MODULE_1__.z;
`;
  const late = loadBuiltinsLate(code);
  expect(late).toContain(
    '(0,process.getBuiltinModule("node:fs").readFileSync)(process.getBuiltinModule("node:crypto").x',
  );
  expect(late).toContain('process.getBuiltinModule("node:crypto").y');
  expect(late).toContain('module.exports = process.getBuiltinModule("node:crypto");');
  expect(late).toContain('own__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(13)');
  expect(late).not.toMatch(/createRequire|__nccwpck_require__\(12\)/);
});
