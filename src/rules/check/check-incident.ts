/** Checks the incident settings of rules across keys. The input is the written form, which can contain mistakes. */
import {isObject, isSameJson} from '../../base/json.ts';
import {suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../problem.ts';
import {asList, at, has, lacks, type RuleCheck, trimmedText, type UncheckedRule} from './check-rules.ts';

/** All problems with the incident settings of one written rule. */
export function checkIncident(rule: unknown): FoundProblem[] {
  return isObject(rule) ? CHECKS.flatMap(check => check(rule)) : [];
}

/** Reports names in `inhibit` that are not names of rules. @param names the names of all rules */
export function checkInhibit(inhibit: readonly unknown[], names: readonly (string | undefined)[]): FoundProblem[] {
  const known = names.filter(name => name !== undefined);
  return inhibit.flatMap((item, index) => {
    const parent = isObject(item) && isObject(item['while']) ? item['while']['rule'] : undefined;
    return asList(parent).flatMap((name, place) => {
      const text = trimmedText(name);
      if (text === undefined || known.includes(text)) return [];
      const path = ['inhibit', index, 'while', 'rule', ...(Array.isArray(parent) ? [place] : [])];
      return [{path, message: `there is no rule "${text}"${suggest(text, known)}`}];
    });
  });
}

const CHECKS: readonly RuleCheck[] = [
  function clearNeedsAnEdge(rule) {
    const {clear} = rule;
    const hasNumber = typeof clear === 'number' || (isObject(clear) && has(clear, 'at'));
    return hasNumber && lacksEdge(rule)
      ? [at('clear', 'needs `above` or `below`: it sets when their incident ends')]
      : [];
  },
  function clearIsBeyondTheEdge({above, below, clear}) {
    const value = isObject(clear) ? clear['at'] : clear;
    if (typeof value !== 'number') return [];
    if (typeof above === 'number' && value > above)
      return [at('clear', `must be at most ${above}, the value of \`above\``)];
    if (typeof below === 'number' && value < below)
      return [at('clear', `must be at least ${below}, the value of \`below\``)];
    return [];
  },
  function clearIsNotEmpty({clear}) {
    if (!isObject(clear) || Object.keys(clear).length > 0) return [];
    return [at('clear', 'is an empty mapping. Set `at`, `to` or `for`, or remove the key.')];
  },
  function clearedValuesAreNotBad(rule) {
    const {clear, to} = rule;
    if (!isObject(clear) || !has(clear, 'to')) return [];
    if (lacks(rule, 'to'))
      return [atPath(['clear', 'to'], 'needs `to`: it sets when the incident of those values ends')];
    const bad = asList(to);
    const wrong = asList(clear['to']).filter(value => bad.some(one => isSameJson(one, value)));
    return wrong
      .slice(0, 1)
      .map(value =>
        atPath(['clear', 'to'], `cannot end the incident with ${JSON.stringify(value)}, which is a value of \`to\``),
      );
  },
  function incidentsNeedABadSide(rule) {
    if (!lacks(rule, 'to') || !lacksEdge(rule)) return [];
    return INCIDENT_KEYS.filter(path => isWritten(rule, path)).map(path =>
      atPath(path, 'needs `to`, `above` or `below`: without them, the rule has no incident'),
    );
  },
];

/** The settings that need an incident. */
const INCIDENT_KEYS: readonly (readonly string[])[] = [
  ['for'],
  ['flapping'],
  ['clear', 'for'],
  ['notify', 'repeat'],
  ['notify', 'escalate'],
  ['remediate', 'verify'],
];

function isWritten(rule: UncheckedRule, path: readonly string[]): boolean {
  const parent = path.slice(0, -1).reduce<unknown>((part, key) => (isObject(part) ? part[key] : undefined), rule);
  return isObject(parent) && has(parent, path.at(-1) ?? '');
}

function lacksEdge(rule: UncheckedRule): boolean {
  return lacks(rule, 'above') && lacks(rule, 'below');
}

function atPath(path: readonly string[], message: string): FoundProblem {
  return {path, message, atKey: true};
}
