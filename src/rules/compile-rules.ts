/** Compile: a rules file that has no mistakes → rules that can be evaluated. Defaults are set here and nowhere else. */
import type {ChangeAction} from '../change/change.ts';
import {compileDestination} from './destination.ts';
import {parseDuration} from './duration.ts';
import {compileExpression} from './expression.ts';
import {compileName} from './glob.ts';
import {parseInstant} from './instant.ts';
import type {MuteWindow, Notify, Remediate, Route, Rule, Rules, Scalar, Selector, Silence} from './rules.ts';
import {compileTemplate} from './template.ts';
import {spansOf} from './week.ts';
import type {WrittenMute, WrittenSilence} from './written-mute.ts';
import type {WrittenMatch, WrittenRoute} from './written-routes.ts';
import {ON_ACTIONS, type WrittenRule, type WrittenRules} from './written-rules.ts';

export function compileRules(written: WrittenRules): Rules {
  const rules = written.rules.map(compileRule);
  return {
    rules,
    byBlueprint: groupByBlueprint(rules),
    routes: (written.routes ?? []).map(compileRoute),
    mute: (written.mute ?? []).map(compileWindow),
    silences: (written.silences ?? []).map(compileSilence),
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

type WrittenNotify = Exclude<WrittenRule['notify'], boolean | undefined>;

function compileNotify({slack, text, ...rest}: WrittenNotify): Notify {
  return {
    ...definedOnly(rest),
    ...(slack === undefined ? {} : {slack: listOf(slack).map(compileDestination)}),
    ...(text === undefined ? {} : {text: compileTemplate(text)}),
  };
}

function compileRoute({match, slack, fallback, continue: goesOn = false}: WrittenRoute): Route {
  return {
    match: compileMatch(match),
    slack: listOf(slack).map(compileDestination),
    ...definedOnly({fallback}),
    continue: goesOn,
  };
}

function compileMatch({entity, ...rest}: WrittenMatch = {}): Selector {
  const lists = Object.entries(definedOnly(rest)).map(([key, value]) => [key, listOf<string>(value)]);
  return {
    ...Object.fromEntries(lists),
    ...(entity === undefined ? {} : {entity: listOf<string>(entity).map(compileName)}),
  };
}

function compileWindow({name, when, zone, match, reason, remediate}: WrittenMute): MuteWindow {
  const rest = {...definedOnly({reason}), stopsRemediations: remediate === 'mute'};
  return {name, zone, spans: spansOf(listOf(when)), match: compileMatch(match), ...rest};
}

function compileSilence({match, from, until, owner, reason, remediate}: WrittenSilence): Silence {
  const fromMs = from === undefined ? undefined : parseInstant(from);
  return {
    match: compileMatch(match),
    owner,
    reason,
    until,
    untilMs: parseInstant(until) ?? 0,
    ...definedOnly({fromMs}),
    stopsRemediations: remediate === 'mute',
  };
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

type Defined<T> = {[K in keyof T]: Exclude<T[K], undefined>};

function definedOnly<T extends object>(values: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Defined<T>>;
}
