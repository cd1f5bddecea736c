/** Compile: a rules file that has no mistakes → rules that can be evaluated. Defaults are set here and nowhere else. */
import type {ChangeAction} from '../change/change.ts';
import {parseDuration} from './duration.ts';
import {compileExpression} from './expression.ts';
import type {Remediate, Route, Rule, Rules, Scalar} from './rules.ts';
import {compileTemplate} from './template.ts';
import {ON_ACTIONS, type WrittenRule, type WrittenRules} from './written-rules.ts';

export function compileRules(written: WrittenRules): Rules {
  const rules = written.rules.map(compileRule);
  return {
    rules,
    byBlueprint: groupByBlueprint(rules),
    routes: (written.routes ?? []).map(compileRoute),
    statuses: new Map(Object.entries(written.statuses ?? {})),
  };
}

function groupByBlueprint(rules: readonly Rule[]): Map<string, Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) groups.set(rule.blueprint, [...(groups.get(rule.blueprint) ?? []), rule]);
  return groups;
}

function compileRule(written: WrittenRule): Rule {
  const {name, blueprint, property, above, below, clear} = written;
  const on = written.on === undefined ? (['created', 'updated'] as const) : listOf(written.on);
  return {
    name,
    blueprint,
    on: on.map((word): ChangeAction => ON_ACTIONS[word]),
    ...definedOnly({property, above, below, clear}),
    ...(written.from === undefined ? {} : {from: listOf<Scalar>(written.from)}),
    ...(written.to === undefined ? {} : {to: listOf<Scalar>(written.to)}),
    ...(written.if === undefined ? {} : {if: compileExpression(written.if)}),
    severity: written.severity ?? 'info',
    ...(written.notify ? {notify: written.notify === true ? {} : compileNotify(written.notify)} : {}),
    ...(written.remediate ? {remediate: compileRemediate(written.remediate)} : {}),
  };
}

function compileNotify(written: Exclude<WrittenRule['notify'], boolean | undefined>): NonNullable<Rule['notify']> {
  const {text, ...rest} = written;
  return {...definedOnly(rest), ...(text === undefined ? {} : {text: compileTemplate(text)})};
}

const DEFAULT_TIMEOUT_MS = 5 * 60_000;

function compileRemediate(written: NonNullable<WrittenRule['remediate']>): Remediate {
  const {run, job, attempts} = written;
  const cooldownMs = written.cooldown === undefined ? undefined : parseDuration(written.cooldown);
  return {
    ...definedOnly({run, job, attempts, cooldownMs}),
    timeoutMs: (written.timeout === undefined ? undefined : parseDuration(written.timeout)) ?? DEFAULT_TIMEOUT_MS,
    env: Object.fromEntries(Object.entries(written.env ?? {}).map(([key, value]) => [key, String(value)])),
    pass: written.pass ?? [],
  };
}

function compileRoute({match, slack}: NonNullable<WrittenRules['routes']>[number]): Route {
  const lists = Object.entries(match ?? {}).map(([key, value]) => [key, listOf(value as string | string[])] as const);
  return {match: Object.fromEntries(lists), slack};
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

type Defined<T> = {[K in keyof T]: Exclude<T[K], undefined>};

function definedOnly<T extends object>(values: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Defined<T>>;
}
