/**
 * `npm run bench`: the relay and the action against minimal baselines that are started in the same run, as a Markdown table of ratios.
 * Names select benchmarks. `--storm` adds storms of one minute each (15 minutes in total). `--write` writes the results to
 * docs/benchmarks.md.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {parseArgs} from 'node:util';
import {benchBacktest} from './backtest.ts';
import {benchDispatched} from './dispatched.ts';
import {benchIgnored} from './ignored.ts';
import {benchRules} from './rules.ts';
import {useShippedNode} from './runtime.ts';
import {pathOf} from './servers.ts';
import {benchStartup} from './startup.ts';
import {ALL_STORMS, benchStorms, SHORT_STORMS} from './storm.ts';
import {renderSection, type Section} from './table.ts';
import {benchThroughput} from './throughput.ts';

const DOCS = pathOf('docs/benchmarks.md');

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {help: {type: 'boolean', short: 'h'}, storm: {type: 'boolean'}, write: {type: 'boolean'}},
});

const benches: Record<string, () => Promise<Section>> = {
  ignored: benchIgnored,
  rules: benchRules,
  dispatched: benchDispatched,
  throughput: benchThroughput,
  storms: () => benchStorms(values.storm ? ALL_STORMS : SHORT_STORMS),
  startup: benchStartup,
  backtest: benchBacktest,
};
if (values.help) {
  process.stdout.write(`Usage: npm run bench -- [${Object.keys(benches).join('] [')}] [--storm] [--write]\n`);
  process.exit(0);
}
const unknown = positionals.filter(name => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown: ${unknown.join(', ')}. The benchmarks are ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}

const origin = useShippedNode();
const machine = `Node ${process.version} (${origin}) on ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${process.platform}.`;
process.stdout.write(`${machine}\n`);
let docs = readFileSync(DOCS, 'utf8').replace(/^Node v.*$/m, machine);
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const section = await (benches[name] as () => Promise<Section>)();
  const rendered = renderSection(section);
  process.stdout.write(`\n${rendered}\n`);
  docs = replaceSection(docs, section.title, rendered);
}
if (values.write) writeFileSync(DOCS, docs);
process.exit(0);

/** Replaces the section with this title, or appends it. */
function replaceSection(text: string, title: string, rendered: string): string {
  const end = '<!-- end of results -->';
  const start = text.indexOf(`### ${title}\n`);
  if (start === -1) return text.replace(end, () => `${rendered}\n\n${end}`);
  const next = [text.indexOf('\n### ', start), text.indexOf(end, start)].filter(offset => offset !== -1);
  return `${text.slice(0, start)}${rendered}\n\n${text.slice(Math.min(...next)).replace(/^\n/, '')}`;
}
