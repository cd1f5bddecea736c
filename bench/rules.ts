/** Rules: the time that fifty of them add to an ignored change, for parsing more properties and for deciding. In this process. */
import {skimMessage} from '../relay/parse/message.ts';
import {sift} from '../relay/sift.ts';
import {parseRules} from '../src/rules/parse-rules.ts';
import type {Rules} from '../src/rules/rules.ts';
import {ignoredBodies} from './messages.ts';
import {median} from './stats.ts';
import {round, type Section} from './table.ts';

const RULES = 50;
const ROUNDS = 31;
const WARM_UP_ROUNDS = 5;
/** The number of times that a round processes each message. */
const REPEATS = 10;
const RECEIVED_AT = '2026-03-02T09:15:00.000Z';

/** Conditions that no message meets. Each rule reads a different property. */
const CONDITIONS = {
  to: n => `property: property${n}, to: [Degraded, Crashed]`,
  above: n => `property: property${n}, above: 80`,
  'from and if': n =>
    `property: property${n}, from: Healthy, if: "after.properties.locked != true && change.entity != 'x'"`,
  'if alone': n => `if: "${IFS[n % IFS.length]?.replaceAll('#', `property${n}`)}"`,
} satisfies Record<string, (n: number) => string>;

/** Typical conditions of authors. */
const IFS = [
  "after.properties.# == 'Crashed' && before.properties.# != 'Crashed'",
  "!(after.properties.healthStatus == 'Healthy' || after.properties.# == null)",
  'contains(fromJSON(\'[\\"Degraded\\", \\"Crashed\\"]\'), after.properties.healthStatus) && after.properties.# > 80',
  "startsWith(change.entity, '#-') && change.action == 'UPDATE'",
  'after.properties.cpuUtil >= 900 && after.properties.# != true',
];

type Kind = keyof typeof CONDITIONS | 'mixed';
const KINDS = [...(Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]), 'mixed'] as const;

/** Microseconds of CPU time for one message. */
interface Cost {
  readonly parse: number;
  readonly decide: number;
}

export async function benchRules(): Promise<Section> {
  const bodies = ignoredBodies()
    .filter(body => body.includes('"deploymentConfig"'))
    .map(body => Buffer.from(body));
  const none = parseRules('version: 1\nrules: [{name: a, blueprint: other, notify: true}]', 'none.yml');
  const kinds = KINDS.map(kind => ({kind, rules: rulesOf(kind), added: [] as Cost[]}));
  for (let n = 0; n < ROUNDS + WARM_UP_ROUNDS; n++) {
    const base = costOf(none, bodies);
    for (const {rules, added} of kinds) {
      const {parse, decide} = costOf(rules, bodies);
      if (n >= WARM_UP_ROUNDS) added.push({parse: parse - base.parse, decide: decide - base.decide});
    }
  }
  return {
    title: 'Rules',
    method: `The CPU time that ${RULES} rules for its blueprint add to an ignored change: to parse the ${RULES} properties that they read, on both sides, and to decide. The messages are those of the ignored changes. Medians of ${ROUNDS} alternating rounds.`,
    head: [`${RULES} rules with`, 'to parse', 'to decide', 'target'],
    rows: kinds.map(({kind, added}) => {
      const cells = (['parse', 'decide'] as const).map(step => `${round(median(added.map(cost => cost[step])))} µs`);
      return [`\`${kind}\``, ...cells, '≤ 20 µs to decide'];
    }),
  };
}

function rulesOf(kind: Kind): Rules {
  const kinds = Object.values(CONDITIONS);
  const rules = Array.from({length: RULES}, (_, n) => {
    const condition = kind === 'mixed' ? kinds[n % kinds.length] : CONDITIONS[kind];
    return `  - {name: r${n}, blueprint: deploymentConfig, ${condition?.(n)}, notify: true}`;
  });
  return parseRules(`version: 1\nrules:\n${rules.join('\n')}\n`, `${kind}.yml`);
}

function costOf(rules: Rules, bodies: readonly Buffer[]): Cost {
  const changes = bodies.map(body => skimMessage(body, rules, RECEIVED_AT));
  return {
    parse: microsFor(bodies, body => void skimMessage(body, rules, RECEIVED_AT)),
    decide: microsFor(changes, change => {
      if (change === undefined || sift(rules, change).isRelevant) throw new Error('A message is not ignored');
    }),
  };
}

/** The average CPU time for one message. */
function microsFor<T>(messages: readonly T[], work: (message: T) => void): number {
  const before = process.cpuUsage();
  for (let n = 0; n < REPEATS; n++) for (const message of messages) work(message);
  const {user, system} = process.cpuUsage(before);
  return (user + system) / REPEATS / messages.length;
}
