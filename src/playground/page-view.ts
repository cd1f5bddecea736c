/** Input of the playground → everything that the page shows, as data. Pure. */
import {messageOf, type Problem} from '../base/errors.ts';
import type {ExplainedEvent} from '../cli/explain/subject.ts';
import {loadRules} from '../rules/parse-rules.ts';
import type {Rules} from '../rules/rules.ts';
import {propertyIn, readTypedEvent} from './event.ts';
import {type Simulation, simulate} from './simulation.ts';
import type {PageState} from './state.ts';

export interface PageView {
  /** Undefined if no part of the file is valid. */
  readonly rules: Rules | undefined;
  /** The mistakes in the rules file, with line and column. */
  readonly mistakes: readonly Problem[];
  readonly event: {readonly subject: ExplainedEvent} | {readonly error: string};
  /** Absent if the rules or the event can't be read. */
  readonly simulation?: Simulation;
  /** The most likely property of the next change. */
  readonly property?: string | undefined;
}

/** @param nowMs the time of an event without one */
export function viewOf({rules: text, event: typed, steps}: PageState, nowMs: number): PageView {
  const {value: rules, error} = loadRules(text, 'rules.yml');
  const mistakes = error?.problems ?? [];
  const event = readEvent(typed, nowMs);
  if ('error' in event) return {rules, mistakes, event};
  const changes = event.subject.changes.map(({change}) => change);
  const seen = {rules, mistakes, event, property: propertyIn(changes)};
  if (rules === undefined) return seen;
  const times = changes.map(({at}) => Date.parse(at)).filter(Number.isFinite);
  const decidedMs = times.length === 0 ? nowMs : Math.max(...times);
  return {...seen, simulation: simulate(rules, {changes, steps, nowMs: decidedMs})};
}

function readEvent(typed: PageState['event'], nowMs: number): PageView['event'] {
  try {
    return {subject: readTypedEvent(typed, nowMs)};
  } catch (error) {
    return {error: messageOf(error)};
  }
}
