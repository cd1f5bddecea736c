/** Checks across the keys of rules: what each key by itself can't tell. They look at the written form, mended or not. */
import {isDeepStrictEqual} from 'node:util';

/** Whether a file of the repository exists; absent where nobody can tell, as in the relay. */
export type FileExists = (path: string) => boolean;

/** A mistake and where it is; `atKey` points at the last key of the path instead of its value. */
export interface FoundProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The path that the message starts with, where it is another. */
  readonly shown?: readonly PropertyKey[];
  readonly atKey?: boolean;
  /** Columns after the start of a plain text. */
  readonly column?: number;
}

type Written = Record<string, unknown>;
type Check = (rule: Written) => FoundProblem[];

const CONDITIONS = ['from', 'to', 'above', 'below', 'clear'] as const;

/** Everything that is wrong within one written rule. */
export function checkRule(rule: unknown, fileExists: FileExists | undefined): FoundProblem[] {
  if (!isMapping(rule)) return [];
  return [...CHECKS.flatMap(check => check(rule)), ...checkScript(rule, fileExists)];
}

/** Everything that is wrong between rules, and between routes. */
export function checkRules(rules: readonly unknown[], routes: readonly unknown[]): FoundProblem[] {
  return [...checkNames(rules), ...checkRoutes(routes)];
}

const CHECKS: readonly Check[] = [
  function conditionsNeedAProperty(rule) {
    if (has(rule, 'property')) return [];
    return CONDITIONS.filter(key => has(rule, key)).map(key => at(key, `needs \`property\`, whose value it is about`));
  },
  function clearNeedsAnEdge(rule) {
    if (!has(rule, 'clear') || has(rule, 'above') || has(rule, 'below')) return [];
    return [at('clear', 'needs `above` or `below`, which it ends')];
  },
  function clearLiesBehindTheEdge({above, below, clear}) {
    if (typeof clear !== 'number') return [];
    if (typeof above === 'number' && clear > above)
      return [at('clear', `must be at most ${above}, the value of \`above\``)];
    if (typeof below === 'number' && clear < below)
      return [at('clear', `must be at least ${below}, the value of \`below\``)];
    return [];
  },
  function oneEdge(rule) {
    if (!has(rule, 'above') || !has(rule, 'below')) return [];
    return [at('below', 'can never fire together with `above`: a value rises or falls; write two rules')];
  },
  function someReaction(rule) {
    if ((rule['notify'] !== undefined && rule['notify'] !== false) || has(rule, 'remediate')) return [];
    return [{path: ['name'], message: 'does nothing; add `notify: true` or `remediate:`'}];
  },
  function runOrJob({remediate}) {
    if (!isMapping(remediate) || has(remediate, 'run') !== has(remediate, 'job')) return [];
    const message = has(remediate, 'run')
      ? 'has both `run` and `job`; keep one'
      : 'needs `run: <file of the repository>` or `job: <name>`';
    return [{path: ['remediate'], message, atKey: true}];
  },
  function jobTakesNoScriptSettings({remediate}) {
    if (!isMapping(remediate) || !has(remediate, 'job') || has(remediate, 'run')) return [];
    return ['timeout', 'env', 'pass']
      .filter(key => has(remediate, key))
      .map(key => ({
        path: ['remediate', key],
        message: 'is for `run`; a job has settings of its own in the workflow',
        atKey: true,
      }));
  },
  function variableNames({remediate}) {
    const env = isMapping(remediate) && isMapping(remediate['env']) ? Object.keys(remediate['env']) : [];
    return env.flatMap(name => {
      const message = variableMistake(name);
      return message === undefined ? [] : [{path: ['remediate', 'env', name], message, atKey: true}];
    });
  },
  function timersHaveNoTransition(rule) {
    const on = listOf(rule['on']);
    if (on.length === 0 || on.some(word => word !== 'timer-expired')) return [];
    return CONDITIONS.filter(key => has(rule, key)).map(key =>
      at(key, 'can never hold: a timer event reports no change of a value'),
    );
  },
  function fromDiffersFromTo({from, to}) {
    const [sources, targets] = [listOf(from), listOf(to)];
    if (sources.length !== 1 || targets.length !== 1 || !isDeepStrictEqual(sources, targets)) return [];
    return [at('to', 'can never fire: it is the value of `from`, and only changes are looked at')];
  },
  function sidesExist(rule) {
    const on = listOf(rule['on']);
    const only = (word: string) => on.length > 0 && on.every(item => item === word);
    const lacksNull = (key: 'from' | 'to') => has(rule, key) && !listOf(rule[key]).includes(null);
    if (only('deleted') && lacksNull('to'))
      return [at('to', 'can never hold: after a deletion nothing is set; use null, or `from`')];
    if (only('created') && lacksNull('from'))
      return [at('from', 'can never hold: before a creation nothing is set; use null, or `to`')];
    return [];
  },
];

function variableMistake(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'is not the name of a variable: letters, digits and _';
  if (/^REACTOR_/i.test(name)) return 'is a name that the action sets; choose one that does not start with REACTOR_';
  return undefined;
}

function checkScript({remediate}: Written, fileExists: FileExists | undefined): FoundProblem[] {
  const run = isMapping(remediate) ? remediate['run'] : undefined;
  if (typeof run !== 'string' || /\s/.test(run) || fileExists === undefined || fileExists(run)) return [];
  return [
    {path: ['remediate', 'run'], message: `there is no file "${run}" in the repository; commit it, or mend the path`},
  ];
}

function checkNames(rules: readonly unknown[]): FoundProblem[] {
  const names = rules.map(rule => (isMapping(rule) ? rule['name'] : undefined));
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (typeof name !== 'string' || first === index) return [];
    return [
      {
        path: ['rules', index, 'name'],
        message: `"${name}" is also the name of rules[${first}]; names tell reactions apart`,
      },
    ];
  });
}

/** The first match decides, so a route behind one that takes all of its notifications is never reached. */
function checkRoutes(routes: readonly unknown[]): FoundProblem[] {
  const matches = routes.map(route => (isMapping(route) ? matchOf(route) : undefined));
  return matches.flatMap((match, index) => {
    const earlier = matches.slice(0, index).findIndex(other => other && match && covers(other, match));
    if (earlier === -1) return [];
    return [
      {
        path: ['routes', index],
        message: `is never reached: routes[${earlier}] takes all that it would match; move it up`,
      },
    ];
  });
}

function matchOf(route: Written): Map<string, readonly unknown[]> {
  const match = isMapping(route['match']) ? route['match'] : {};
  return new Map(Object.entries(match).map(([key, value]) => [key, listOf(value)]));
}

function covers(
  earlier: ReadonlyMap<string, readonly unknown[]>,
  later: ReadonlyMap<string, readonly unknown[]>,
): boolean {
  return [...earlier].every(
    ([key, values]) => later.has(key) && later.get(key)?.every(value => values.includes(value)),
  );
}

function at(key: string, message: string): FoundProblem {
  return {path: [key], message, atKey: true};
}

function has(mapping: Written, key: string): boolean {
  return Object.hasOwn(mapping, key) && mapping[key] !== undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function isMapping(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
