/** Builds all of dist/ from the sources: the action, the relay and the command line, each without node_modules. */
import {execFileSync} from 'node:child_process';
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {toJSONSchema} from 'zod';

/**
 * `lean` bundles take tsconfig.bundle.json's modules: little in place of undici and exec (scripts/left-out.js), and yaml as ES
 * modules, of which what is not used is left out. The relay's smee client needs the real undici.
 */
const BUNDLES = [
  {entry: 'src/main.js', folder: 'dist', lean: true},
  {entry: 'src/clients/github.js', folder: 'dist/github', lean: true},
  {entry: 'src/cli/main.js', folder: 'dist/cli', lean: true},
  {entry: 'relay/main.js', folder: 'dist/relay', lean: false},
];

rmSync('dist', {recursive: true, force: true});
rmSync('lib', {recursive: true, force: true});
run('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
for (const {entry, folder, lean} of BUNDLES) {
  const args = ['build', `lib/${entry}`, '--out', folder, '--minify', '--quiet', '--license', 'licenses.txt'];
  run('@vercel/ncc/dist/ncc/cli.js', args, lean ? {TS_NODE_PROJECT: resolve('tsconfig.bundle.json')} : {});
}
escapeToAscii('dist/index.js');
for (const name of ['file', 'worker', 'worker1']) rmSync(`dist/relay/${name}.js`, {force: true}); // pino's transports

const {DecisionRecord} = await import('../lib/src/report/decision-record-schema.js');
const schema = toJSONSchema(DecisionRecord, {target: 'draft-7', unrepresentable: 'any'});
writeFileSync('dist/decisions.schema.json', `${JSON.stringify(schema, null, 2)}\n`);

function run(tool, args, env = {}) {
  execFileSync(process.execPath, [`node_modules/${tool}`, ...args], {stdio: 'inherit', env: {...process.env, ...env}});
}

/** Node reads a script faster that is pure ASCII: one character beyond it, and all of it takes two bytes each. */
function escapeToAscii(file) {
  const toEscape = character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, toEscape));
}
