/**
 * `npm run bench`: the relay and the action against bare baselines started in the same run, as a Markdown table of ratios.
 * `--storm` adds the storms of a minute (a quarter of an hour), `--write` puts the results into docs/benchmarks.md.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {parseArgs} from 'node:util';
import {benchDispatched} from './dispatched.ts';
import {benchIgnored} from './ignored.ts';
import {pathOf} from './servers.ts';
import {benchStartup} from './startup.ts';
import {ALL_STORMS, benchStorms, SHORT_STORMS} from './storm.ts';
import {renderSection, type Section} from './table.ts';
import {benchThroughput} from './throughput.ts';

const DOCS = pathOf('docs/benchmarks.md');
const MARKERS = /(<!-- results -->\n)[\s\S]*(<!-- end of results -->)/;

const {values} = parseArgs({
  options: {storm: {type: 'boolean'}, write: {type: 'boolean'}},
});
const benches: (() => Promise<Section>)[] = [
  benchIgnored,
  benchDispatched,
  benchThroughput,
  () => benchStorms(values.storm ? ALL_STORMS : SHORT_STORMS),
  benchStartup,
];

const machine = `Node ${process.version} on ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${process.platform}.`;
const sections = [machine];
process.stdout.write(`${machine}\n`);
for (const bench of benches) {
  const section = renderSection(await bench());
  sections.push(section);
  process.stdout.write(`\n${section}\n`);
}
if (values.write) {
  const text = readFileSync(DOCS, 'utf8');
  writeFileSync(
    DOCS,
    text.replace(MARKERS, (_, start, end) => `${start}\n${sections.join('\n\n')}\n\n${end}`),
  );
}
process.exit(0);
