/** Compile: written rules without mistakes → rules that can be evaluated. All defaults are set here. */
import {definedOnly} from '../base/defined-only.ts';
import type {ChangeAction} from '../change/change.ts';
import {compileExpression} from './expression/expression.ts';
import {compileTemplate} from './expression/template.ts';
import type {ListKey, WithoutMistakes} from './leave-out.ts';
import type {
  Clear,
  Escalation,
  Inhibit,
  MuteWindow,
  Notify,
  Remediate,
  Repeat,
  Route,
  Rule,
  Rules,
  Scalar,
  Selector,
  Silence,
} from './rules.ts';
import {compileDestination} from './values/destination.ts';
import {parseDuration, parseValidDuration} from './values/duration.ts';
import {compileName} from './values/glob.ts';
import {parseInstant} from './values/instant.ts';
import {spansOf} from './values/week.ts';
import type {WrittenClear, WrittenEscalation, WrittenRepeat} from './written/written-incident.ts';
import type {WrittenInhibit} from './written/written-inhibit.ts';
import type {WrittenMute, WrittenSilence} from './written/written-mute.ts';
import type {WrittenMatch, WrittenRoute} from './written/written-routes.ts';
import {ON_ACTIONS, type WrittenRule, type WrittenRules} from './written/written-rules.ts';

/** @param rest the positions of the written parts in the file, and what was left out. Absent if the file has no mistakes */
export function compileRules(written: WrittenRules, rest?: Pick<WithoutMistakes, 'kept' | 'leftOut'>): Rules {
  const rules = written.rules.map(compileRule);
  const placeOf = (list: ListKey, index: number) => `${list}[${rest?.kept[list][index]?.index ?? index}]`;
  return {
    rules,
    byName: new Map(rules.map(rule => [rule.name, rule])),
    byBlueprint: groupByBlueprint(rules),
    routes: (written.routes ?? []).map((route, index) => ({place: placeOf('routes', index), ...compileRoute(route)})),
    mute: (written.mute ?? []).map(compileWindow),
    silences: (written.silences ?? []).map((silence, index) => ({
      place: placeOf('silences', index),
      ...compileSilence(silence),
    })),
    inhibit: (written.inhibit ?? []).map(compileInhibit),
    ...definedOnly({incidents: written.incidents}),
    statuses: new Map(Object.entries(written.statuses ?? {})),
    leftOut: rest?.leftOut ?? {rules: []},
  };
}

/** The rules of a file that cannot be read. */
export const NO_RULES = compileRules({version: 1, rules: []});

function groupByBlueprint(rules: readonly Rule[]): Map<string, Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const group = groups.get(rule.blueprint);
    if (group === undefined) groups.set(rule.blueprint, [rule]);
    else group.push(rule);
  }
  return groups;
}

function compileRule(written: WrittenRule): Rule {
  const {name, blueprint, property, above, below, clear, flapping} = written;
  const on = written.on === undefined ? (['created', 'updated'] as const) : listOf(written.on);
  return {
    name,
    blueprint,
    on: on.map((word): ChangeAction => ON_ACTIONS[word]),
    ...definedOnly({property, above, below, forMs: msOf(written.for)}),
    ...(clear === undefined ? {} : {clear: compileClear(clear)}),
    ...(flapping === undefined
      ? {}
      : {flapping: {changes: flapping.changes, withinMs: parseValidDuration(flapping.within)}}),
    ...(written.from === undefined ? {} : {from: listOf<Scalar>(written.from)}),
    ...(written.to === undefined ? {} : {to: listOf<Scalar>(written.to)}),
    ...(written.if === undefined ? {} : {if: compileExpression(written.if)}),
    severity: written.severity ?? 'info',
    ...(written.notify ? {notify: written.notify === true ? {} : compileNotify(written.notify)} : {}),
    ...(written.remediate ? {remediate: compileRemediate(written.remediate)} : {}),
  };
}

function compileClear(written: WrittenClear): Clear {
  if (typeof written === 'number') return {at: written};
  const {at, to} = written;
  return definedOnly({at, to: to === undefined ? undefined : listOf<Scalar>(to), forMs: msOf(written.for)});
}

function msOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}

const DEFAULT_TIMEOUT_MS = 5 * 60_000;

function compileRemediate(written: NonNullable<WrittenRule['remediate']>): Remediate {
  const {run, job, attempts, cooldown, verify, timeout} = written;
  return {
    ...definedOnly({run, job, attempts, cooldownMs: msOf(cooldown), verifyMs: msOf(verify)}),
    timeoutMs: msOf(timeout) ?? DEFAULT_TIMEOUT_MS,
    env: Object.fromEntries(Object.entries(written.env ?? {}).map(([key, value]) => [key, String(value)])),
    pass: written.pass ?? [],
  };
}

type WrittenNotify = Exclude<WrittenRule['notify'], boolean | undefined>;

function compileNotify({slack, text, repeat, escalate, ...rest}: WrittenNotify): Notify {
  return {
    ...definedOnly(rest),
    ...(slack === undefined ? {} : {slack: listOf(slack).map(compileDestination)}),
    ...(text === undefined ? {} : {text: compileTemplate(text)}),
    ...(repeat === undefined ? {} : {repeat: compileRepeat(repeat)}),
    ...(escalate === undefined ? {} : {escalate: compileEscalations(escalate)}),
  };
}

function compileRepeat(written: WrittenRepeat): Repeat {
  if (typeof written === 'string') return {everyMs: parseValidDuration(written)};
  return {everyMs: parseValidDuration(written.every), ...definedOnly({times: written.times})};
}

function compileEscalations(written: WrittenEscalation | readonly WrittenEscalation[]): Escalation[] {
  return listOf<WrittenEscalation>(written)
    .map(({after, slack, mention}) => ({
      afterMs: parseValidDuration(after),
      slack: listOf<string>(slack),
      ...definedOnly({mention}),
    }))
    .toSorted((a, b) => a.afterMs - b.afterMs);
}

function compileRoute({match, slack, fallback, continue: shouldContinue = false}: WrittenRoute): Omit<Route, 'place'> {
  return {
    match: compileMatch(match),
    slack: listOf(slack).map(compileDestination),
    ...definedOnly({fallback}),
    continue: shouldContinue,
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

function compileSilence({match, from, until, owner, reason, remediate}: WrittenSilence): Omit<Silence, 'place'> {
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

function compileInhibit({while: parent, through, match}: WrittenInhibit): Inhibit {
  return {while: listOf<string>(parent.rule), through, match: compileMatch(match)};
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
