/** A blueprint → proposed rules with tests. Pure. */
import {isObject} from '../../base/json.ts';
import type {PortObject} from '../../clients/port.ts';

/** A rule or a test, in the format of its file. */
export type Proposed = Readonly<Record<string, unknown>>;

export interface Proposal {
  readonly blueprint: string;
  /** The order of the values, by property. */
  readonly statuses: ReadonlyMap<string, Order>;
  readonly rules: readonly Proposed[];
  readonly tests: readonly Proposed[];
}

/** @returns undefined if no property of the blueprint suggests a rule */
export function proposalFor(blueprint: PortObject): Proposal | undefined {
  const identifier = blueprint['identifier'];
  if (typeof identifier !== 'string') return undefined;
  const properties = propertiesOf(blueprint);
  const isLockable = properties.some(({name, schema}) => name === 'locked' && schema['type'] === 'boolean');
  const parts = properties.flatMap(property => partFor(identifier, property, isLockable) ?? []);
  if (parts.length === 0) return undefined;
  return {
    blueprint: identifier,
    statuses: mergeOrders(parts.map(({statuses}) => statuses)),
    rules: parts.flatMap(({rules}) => rules),
    tests: parts.flatMap(({tests}) => tests),
  };
}

type Part = Omit<Proposal, 'blueprint'>;

interface Property {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

function partFor(blueprint: string, property: Property, isLockable: boolean): Part | undefined {
  const {name, schema} = property;
  const watched = {blueprint, property: name};
  if (schema['format'] === 'timer') return timerPart(watched);
  const order = orderOf(schema['enum']);
  if (order !== undefined) return statusPart(watched, order, isLockable);
  return isPercentage(property) ? percentagePart(watched) : undefined;
}

/** The property that a rule watches. */
interface Watched {
  readonly blueprint: string;
  readonly property: string;
}

/** Each change is a message. An incident opens at the first bad value, and ends at the first good one. */
function statusPart({blueprint, property}: Watched, {good, fair, bad}: Order, isLockable: boolean): Part {
  const changed = ruleName(blueprint, property, 'changed');
  const broken = ruleName(blueprint, property, 'bad');
  const worst = bad.length > 0 ? bad : fair;
  const [best = ''] = good;
  const last = worst.at(-1) ?? '';
  const change = {blueprint, property, from: best, to: last};
  const lockedTest = {
    name: `${blueprint}: a locked entity opens no incident when ${property} changes`,
    change: {...change, properties: {locked: true}},
    expect: {rules: [changed]},
  };
  return {
    statuses: new Map([[property, {good, fair, bad}]]),
    rules: [
      {name: changed, blueprint, property, notify: true},
      {
        name: broken,
        blueprint,
        property,
        to: worst,
        clear: {to: good},
        ...(isLockable ? {if: 'after.properties.locked != true'} : {}),
        severity: 'critical',
        flapping: {changes: 5, within: '30m'},
        notify: true,
      },
    ],
    tests: [
      {
        name: `${blueprint}: ${property} becomes ${last}, then ${best}`,
        changes: [
          {...change, expect: {rules: [changed, broken], told: ['firing', 'firing']}},
          {...change, from: last, to: best, wait: '10m', expect: {told: ['firing', 'recovered']}},
        ],
        expect: {incidents: []},
      },
      {
        name: `${blueprint}: ${property} stays ${last}`,
        change: {...change, from: last},
        expect: 'nothing',
      },
      ...(isLockable ? [lockedTest] : []),
    ],
  };
}

const HIGH = 80;
const NORMAL = 70;

function percentagePart({blueprint, property}: Watched): Part {
  const name = ruleName(blueprint, property, 'high');
  const change = {blueprint, property, from: HIGH - 10, to: HIGH};
  return {
    statuses: new Map(),
    rules: [{name, blueprint, property, above: HIGH, clear: NORMAL, severity: 'warning', notify: true}],
    tests: [
      {
        name: `${blueprint}: ${property} reaches ${HIGH}, then ${NORMAL}`,
        changes: [
          {...change, expect: {rules: [name], told: ['firing']}},
          {...change, from: HIGH, to: NORMAL, wait: '10m', expect: {told: ['recovered']}},
        ],
        expect: {incidents: []},
      },
      {name: `${blueprint}: ${property} stays below ${HIGH}`, change: {...change, to: HIGH - 1}, expect: 'nothing'},
    ],
  };
}

function timerPart({blueprint, property}: Watched): Part {
  const name = ruleName(blueprint, property, 'expired');
  return {
    statuses: new Map(),
    rules: [{name, blueprint, on: 'timer-expired', property, severity: 'warning', notify: true}],
    tests: [
      {
        name: `${blueprint}: ${property} expires`,
        change: {blueprint, action: 'timer-expired', property},
        expect: {rules: [name]},
      },
    ],
  };
}

/** The values of a status by rank, in the order of the catalog. */
export interface Order {
  readonly good: readonly string[];
  readonly fair: readonly string[];
  readonly bad: readonly string[];
}

/** Words with a clear meaning. Other words are not ranked, because only a person can decide. */
const RANKS: readonly (readonly [keyof Order, RegExp])[] = [
  [
    'good',
    /^(healthy|running|up|active|ready|ok|okay|pass(ed|ing)?|success(ful)?|succeeded|green|available|operational|online|(in[ _-]?)?sync(ed)?|compliant|normal|valid|deployed)$/i,
  ],
  [
    'fair',
    /^(restarting|degraded|warn(ing)?|slow|unstable|progressing|yellow|amber|at[ _-]?risk|partial|not[ _-]?ready|out[ _-]?of[ _-]?sync|impaired|flaky|expiring)$/i,
  ],
  [
    'bad',
    /^(crash(ed|loopbackoff)?|down|fail(ed|ing|ure)?|error(ed)?|critical|unhealthy|red|offline|unavailable|lost|dead|broken|not[ _-]?passed|non[ _-]?compliant|outage|expired|invalid|missing)$/i,
  ],
];

/** Undefined unless the values contain a good one and a worse one. */
function orderOf(values: unknown): Order | undefined {
  if (!Array.isArray(values)) return undefined;
  const texts = [...new Set(values.filter(value => typeof value === 'string'))];
  const of = (rank: keyof Order) => texts.filter(text => RANKS.find(([, words]) => words.test(text))?.[0] === rank);
  const order = {good: of('good'), fair: of('fair'), bad: of('bad')};
  return order.good.length > 0 && order.fair.length + order.bad.length > 0 ? order : undefined;
}

/** Blueprints can share a property name with different values. The file has one order for all of them. */
export function mergeOrders(all: readonly ReadonlyMap<string, Order>[]): ReadonlyMap<string, Order> {
  const merged = new Map<string, Order>();
  for (const [property, order] of all.flatMap(one => [...one])) {
    const {good, fair, bad} = merged.get(property) ?? {good: [], fair: [], bad: []};
    merged.set(property, {
      good: [...new Set([...good, ...order.good])],
      fair: [...new Set([...fair, ...order.fair])],
      bad: [...new Set([...bad, ...order.bad])],
    });
  }
  return merged;
}

function isPercentage({name, schema}: Property): boolean {
  const title = typeof schema['title'] === 'string' ? schema['title'] : '';
  const words = `${name} ${title}`;
  return schema['type'] === 'number' && /%|percent|pct|util|usage|cpu|memory|disk/i.test(words);
}

function propertiesOf(blueprint: PortObject): Property[] {
  const schema = blueprint['schema'];
  const properties = isObject(schema) ? schema['properties'] : undefined;
  if (!isObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, value]) => (isObject(value) ? [{name, schema: value}] : []));
}

/** `deployment-config-health-status-bad` */
function ruleName(...words: readonly string[]): string {
  return words
    .join('-')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
}
