/** Builds all of dist/ from the sources: the action, the relay and the command line, each without node_modules. */
import {execFileSync} from 'node:child_process';
import {cpSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {minify} from 'terser';
import {toJSONSchema} from 'zod';
import {findCalledFunctions} from './called-functions.js';
import {compileEagerly} from './eager-functions.js';
import {loadBuiltinsLate} from './lazy-builtins.js';
import {buildPlayground} from './playground.js';

/** tsconfig.bundle.json replaces undici and exec by stubs (scripts/left-out.js), and resolves yaml to ES modules. */
const BUNDLES = [
  {entry: 'src/action/main.js', folder: 'dist', isShrunk: true},
  {entry: 'src/clients/github/repository-files.js', folder: 'dist/github'},
  {entry: 'src/command-mode/command-mode.js', folder: 'dist/command'},
  {entry: 'src/lint-mode/lint-mode.js', folder: 'dist/lint'},
  {entry: 'src/memory/run/memory-run.js', folder: 'dist/memory'},
  {entry: 'src/reconcile/reconcile-mode.js', folder: 'dist/reconcile'},
  {entry: 'src/rules/yaml/parse-yaml.js', folder: 'dist/yaml'},
  {entry: 'src/cli/main.js', folder: 'dist/cli'},
  {entry: 'relay/main.js', folder: 'dist/relay'},
];

/** The folder of copied assets in the output of ncc. The bundles have no assets, and CommonJS has no `import.meta`. */
const ASSETS_FOLDER = /^.*\b__nccwpck_require__\.ab = .*$/m;

rmSync('dist', {recursive: true, force: true});
rmSync('lib', {recursive: true, force: true});
run('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
for (const {entry, folder, isShrunk} of BUNDLES) {
  const args = ['build', `lib/${entry}`, '--out', folder, '--quiet', '--license', 'licenses.txt'];
  if (!isShrunk) args.push('--minify');
  run('@vercel/ncc/dist/ncc/cli.js', args, {TS_NODE_PROJECT: resolve('tsconfig.bundle.json')});
}
await minimizeBundles('dist');
for (const name of ['file', 'worker', 'worker1']) rmSync(`dist/relay/${name}.js`, {force: true}); // pino's transports

const {DecisionRecord} = await import('../lib/src/report/decision-record-schema.js');
const schema = toJSONSchema(DecisionRecord, {target: 'draft-7', unrepresentable: 'any'});
writeSchema('decisions', schema);
const {MemoryFile} = await import('../lib/src/memory/format/format.js');
writeSchema('memory', toJSONSchema(MemoryFile, {target: 'draft-7', unrepresentable: 'any'}));
const {rulesSchema, ruleTestsSchema} = await import('../lib/src/schemas/file-schemas.js');
writeSchema('rules', rulesSchema());
writeSchema('rule-tests', ruleTestsSchema());
await buildPlayground();

// The files that `new` writes into a repository.
for (const name of readdirSync('.github/workflows').filter(name => name.startsWith('port-reactor'))) {
  cpSync(`.github/workflows/${name}`, `dist/templates/workflows/${name}`);
}
cpSync('.github/ISSUE_TEMPLATE/port-reactor.yml', 'dist/templates/ISSUE_TEMPLATE/port-reactor.yml');

function writeSchema(name, content) {
  writeFileSync(`dist/${name}.schema.json`, `${JSON.stringify(content, null, 2)}\n`);
}

function run(tool, args, env = {}) {
  execFileSync(process.execPath, [`node_modules/${tool}`, ...args], {stdio: 'inherit', env: {...process.env, ...env}});
}

/**
 * Reduces the startup time of a bundle. Removes unused code, about a third, because Node reads the whole file at every start. Writes
 * only ASCII, because a single other character makes V8 store the text with two bytes per character. Node decodes and loads CommonJS
 * faster than an ES module.
 */
async function minimizeBundles(folder) {
  const file = `${folder}/index.js`;
  const {code} = await minify(loadBuiltinsLate(readFileSync(file, 'utf8')).replace(ASSETS_FOLDER, ''), {
    module: true,
    ecma: 2022,
    compress: {passes: 2, keep_classnames: true, keep_fargs: false},
    mangle: {keep_classnames: true}, // messages contain the names of error classes
    format: {ascii_only: true},
  });
  writeFileSync(`${folder}/package.json`, '{\n  "type": "commonjs"\n}\n');
  const strict = `"use strict";${code}`; // like every ES module
  writeFileSync(file, strict);
  writeFileSync(file, compileEagerly(strict, await findCalledFunctions(file)));
}
