/** Builds all of dist/ from the sources: the action, the relay and the command line, each without node_modules. */
import {execFileSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {toJSONSchema} from 'zod';

const ENTRIES = {'src/main.js': 'dist', 'relay/main.js': 'dist/relay', 'src/cli/main.js': 'dist/cli'};

const run = (tool, ...args) => execFileSync(process.execPath, [`node_modules/${tool}`, ...args], {stdio: 'inherit'});

rmSync('dist', {recursive: true, force: true});
rmSync('lib', {recursive: true, force: true});
run('typescript/bin/tsc', '-p', 'tsconfig.build.json');
for (const [entry, folder] of Object.entries(ENTRIES)) {
  run('@vercel/ncc/dist/ncc/cli.js', 'build', `lib/${entry}`, '-o', folder, '-m', '-q', '--license', 'licenses.txt');
}
const {DecisionRecord} = await import('../lib/src/report/decision-record-schema.js');
const schema = toJSONSchema(DecisionRecord, {target: 'draft-7', unrepresentable: 'any'});
writeFileSync('dist/decisions.schema.json', `${JSON.stringify(schema, null, 2)}\n`);
