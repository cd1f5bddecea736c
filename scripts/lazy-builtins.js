/** Makes a bundle load Node's built-in modules on first use instead of at startup. */

const LOAD = String.raw`__WEBPACK_EXTERNAL_createRequire\(import\.meta\.url\)\("([^"]+)"\)`;

/**
 * Replaces each name of a built-in module by the call that loads it: `external_node_https_namespaceObject.request` becomes
 * `process.getBuiltinModule("node:https").request`. Node caches modules, so later calls are cheap. Loading `node:https`,
 * `node:crypto` and `node:child_process` takes more time than all decisions of the action, and many runs do not need them.
 * @param code the output of ncc, not minified, because the generated names of webpack are matched by pattern
 */
export function loadBuiltinsLate(code) {
  const modules = new Map([...code.matchAll(MODULE)].map(([, id, name]) => [id, name]));
  const names = new Map();
  const declare = (text, local, name) => {
    if (name === undefined) return text;
    names.set(local, name);
    return '';
  };
  const rest = code
    .replace(EXTERNAL, declare)
    .replace(IMPORT, (text, local, id) => declare(text, local, modules.get(id)))
    .replace(LOCAL_NAME, local => (names.has(local) ? load(names.get(local)) : local));
  return rest.replaceAll(new RegExp(LOAD, 'g'), (_, name) => load(name)).replace(CREATE_REQUIRE, '');
}

/** A webpack module for a built-in module, with its number. */
const MODULE = new RegExp(String.raw`/\*\*\*/ (\d+):\n.*\n+module\.exports = ${LOAD}`, 'g');
const EXTERNAL = new RegExp(String.raw`const (external_\w+_namespaceObject) = ${LOAD};`, 'g');
const IMPORT =
  /var (\w+__WEBPACK_IMPORTED_MODULE_\d+__|external_\w+_) = (?:\/\*#__PURE__\*\/)?__nccwpck_require__\((\d+)\);/g;
const LOCAL_NAME = /\b(?:external_\w+|\w+__WEBPACK_IMPORTED_MODULE_\d+__)\b/g;
const CREATE_REQUIRE = /^import \{ createRequire as __WEBPACK_EXTERNAL_createRequire \} from "module";\n/;

function load(name) {
  return `process.getBuiltinModule(${JSON.stringify(name)})`;
}
