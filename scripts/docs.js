/**
 * Generates the derived parts of the documentation: tables from their sources, and the repository's owner from package.json. Run by
 * `npm run docs`, after the sources are compiled. With `--check`, it changes nothing, and fails if a file would change.
 *
 * A table is between two comments, `<!-- table: inputs -->` and `<!-- end -->`. Recipes contain copies of the shipped scripts.
 */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename} from 'node:path';
import {parse} from 'yaml';
import {RELAY_VARIABLES} from '../lib/src/base/settings/relay-variables.js';
import {RULE_TESTS_DOCS} from '../lib/src/schemas/rule-tests-docs.js';
import {RULES_DOCS} from '../lib/src/schemas/rules-docs.js';
import {ownerOf, withOwner} from './owner.js';

const owner = ownerOf(JSON.parse(readFileSync('package.json', 'utf8')));
const action = parse(readFileSync('action.yml', 'utf8'));

const TABLES = {
  inputs: table(['Input', 'Default', 'Meaning'], inputRows(action.inputs)),
  outputs: table(['Output', 'Meaning'], outputRows(action.outputs)),
  variables: table(['Variable', 'Default', 'Meaning'], RELAY_VARIABLES.map(variableRow)),
  'file-keys': table(
    ['Key', 'Meaning', 'Example'],
    keyRows(RULES_DOCS, path => !path.startsWith('rules')),
  ),
  'rule-keys': table(
    ['Key', 'Meaning', 'Example'],
    keyRows(RULES_DOCS, path => path.startsWith('rules.*.'), 'rules.*.'),
  ),
  'test-keys': table(
    ['Key', 'Meaning', 'Example'],
    keyRows(RULE_TESTS_DOCS, path => path.startsWith('tests.*.'), 'tests.*.'),
  ),
};

const CHART = 'deploy/helm/port-reactor-relay';
/** Settings that the chart takes by name. Secrets come from a Secret, and the chart itself sets the rest. */
const SETTINGS = RELAY_VARIABLES.filter(
  ({name, isSecret}) => isSecret !== true && !['PORT', 'HOST', 'GITHUB_REPOSITORY'].includes(name),
);

const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', ...filesIn('docs', /\.md$/)];
/** The files that contain the account that hosts the project. */
const OWNED = [
  ...DOCUMENTS,
  '.github/CODEOWNERS',
  '.github/port-reactor.yml',
  ...filesIn('.github/workflows', /\.yml$/),
  ...filesIn('deploy', /./),
  ...filesIn('examples', /\.(ya?ml|md)$/),
];
/** The shipped scripts. Recipes contain copies of them, so that each folder is complete. */
const SHIPPED = filesIn('.github/remediations', /\.sh$/);

const changed = [
  ...OWNED.filter(file => {
    const text = readFileSync(file, 'utf8');
    return isChanged(file, text, withOwner(DOCUMENTS.includes(file) ? withTables(text, file) : text, owner));
  }),
  ...[`${CHART}/values.yaml`].filter(file => {
    const text = readFileSync(file, 'utf8');
    return isChanged(file, text, text.replace(/(?<=# settings:begin\n)[\s\S]*(?=# settings:end)/, chartSettings()));
  }),
  ...[`${CHART}/values.schema.json`].filter(file => {
    const text = readFileSync(file, 'utf8');
    const schema = JSON.parse(text);
    schema.properties.settings.properties = Object.fromEntries(SETTINGS.map(chartSchema));
    return isChanged(file, text, `${JSON.stringify(schema, null, 2)}\n`);
  }),
  ...filesIn('examples', /\.sh$/).filter(copy => {
    const original = SHIPPED.find(script => basename(script) === basename(copy));
    return original !== undefined && isChanged(copy, readFileSync(copy, 'utf8'), readFileSync(original, 'utf8'));
  }),
];
if (process.argv.includes('--check') && changed.length > 0) {
  console.error(`Not up to date: ${changed.join(', ')}. Run: npm run docs`);
  process.exitCode = 1;
} else {
  console.log(changed.length === 0 ? 'The documentation is up to date.' : `Generated: ${changed.join(', ')}`);
}

function isChanged(file, text, generated) {
  if (generated === text) return false;
  if (!process.argv.includes('--check')) writeFileSync(file, generated);
  return true;
}

function withTables(text, file) {
  return text.replaceAll(/(?<start><!-- table: (?<name>[\w-]+) -->\n)[\s\S]*?(?<end><!-- end -->)/g, (...match) => {
    const {start, name, end} = match.at(-1);
    if (TABLES[name] === undefined) throw new Error(`${file} contains an unknown table, "${name}".`);
    return `${start}${TABLES[name]}${end}`;
  });
}

function table(columns, rows) {
  const lines = [columns, columns.map(() => '---'), ...rows].map(cells =>
    `| ${cells.join(' | ')} |`.replaceAll(' |  |', ' | |'),
  );
  return `${lines.join('\n')}\n`;
}

function inputRows(inputs) {
  return Object.entries(inputs).map(([name, {description, default: value}]) => [
    code(name),
    value === undefined ? '' : code(String(value)),
    cell(description),
  ]);
}

function outputRows(outputs) {
  return Object.entries(outputs).map(([name, {description}]) => [code(name), cell(description)]);
}

function variableRow({name, default: value, required, meaning}) {
  return [code(name), required ?? (value === undefined ? '' : code(value)), cell(meaning)];
}

/** Each setting as a comment, with its default. */
function chartSettings() {
  const lines = SETTINGS.map(
    ({name, default: value, meaning}) => `  # ${name}: ${JSON.stringify(value ?? '')} # ${meaning}\n`,
  );
  return `settings: {}\n${lines.join('')}`;
}

function chartSchema({name, meaning}) {
  return [name, {type: ['string', 'number', 'boolean'], description: meaning}];
}

/** Keys that are valid in several places are shown at the first. */
function keyRows(docs, isWanted, prefix = '') {
  const shown = new Set();
  return Object.entries(docs).flatMap(([path, {description, examples}]) => {
    const key = path.slice(prefix.length).replace(/\.\*$/, '').replaceAll('.*.', '.');
    if (!isWanted(path) || shown.has(key)) return [];
    shown.add(key);
    return [[code(key), cell(description), code(typeof examples[0] === 'string' ? examples[0] : flow(examples[0]))]];
  });
}

/** A value as YAML in one line. */
function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value === null || typeof value !== 'object') {
    return typeof value === 'string' && /^$|[:#{}[\],&*!|>'"%@`]|^\s|\s$/.test(value)
      ? JSON.stringify(value)
      : String(value);
  }
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${flow(inner)}`)
    .join(', ')} }`;
}

function code(text) {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function cell(text) {
  return text.trim().replaceAll('\n', ' ').replaceAll('|', '\\|').replace(/\.$/, '');
}

function filesIn(folder, pattern) {
  const entries = readdirSync(folder, {recursive: true, withFileTypes: true});
  return entries
    .filter(entry => entry.isFile() && pattern.test(entry.name))
    .map(({parentPath, name}) => `${parentPath}/${name}`)
    .toSorted();
}
