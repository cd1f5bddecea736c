/** Simulates the history of an entity: the event and the steps after it. Each run uses the memory of the previous run. Pure. */
import type {RunPreview} from '../act/preview.ts';
import {nearest} from '../base/text/nearest.ts';
import {showValue} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import {parseScalar} from '../cli/shared/input/scalar.ts';
import {showSide} from '../decide/show-side.ts';
import {emptyShards} from '../memory/fold/fold.ts';
import type {Incident, Shards} from '../memory/format/format.ts';
import {changeHeadline} from '../report/summary.ts';
import type {Actual} from '../rule-tests/actual.ts';
import type {Step} from '../rule-tests/rule-tests.ts';
import {runTestStep} from '../rule-tests/run-steps.ts';
import type {Rules} from '../rules/rules.ts';
import {parseDuration} from '../rules/values/duration.ts';
import {nextChange, valueAfter} from './event.ts';
import type {TypedStep} from './state.ts';

/** One event or step, and its result. */
export interface SimulatedRun {
  readonly nowMs: number;
  readonly kind: Step['kind'];
  /** The title. */
  readonly what: string;
  /** Absent for an acknowledgement. */
  readonly preview?: RunPreview;
  readonly actual: Actual;
  /** All incidents in the memory after the run, including closed ones. */
  readonly incidents: readonly Incident[];
  /** The rule, if a person acknowledged a rule without an open incident. */
  readonly acknowledgedNothing?: string;
}

export interface Simulation {
  readonly runs: readonly SimulatedRun[];
  /** The simulation stops before this step. */
  readonly mistake?: {readonly step: number; readonly message: string};
}

/** The maximum number of clock runs. More would block the page. */
export const MAX_CLOCK_RUNS = 300;

interface SimulationInput {
  /** The changes of the event. */
  readonly changes: readonly Change[];
  /** The steps after the event. */
  readonly steps: readonly TypedStep[];
  /** The time of the decision on the event. */
  readonly nowMs: number;
}

export function simulate(rules: Rules, {changes, steps, nowMs}: SimulationInput): Simulation {
  const simulation = new Simulator(rules, nowMs);
  simulation.applyChanges(changes);
  for (const [step, written] of steps.entries()) {
    const message = simulation.applyStep(written);
    if (message !== undefined) return {runs: simulation.runs, mistake: {step, message}};
  }
  return {runs: simulation.runs};
}

class Simulator {
  readonly runs: SimulatedRun[] = [];
  readonly #rules: Rules;
  #nowMs: number;
  #shards: Shards = emptyShards();
  #last: Change | undefined;
  #clockRuns = 0;

  constructor(rules: Rules, nowMs: number) {
    this.#rules = rules;
    this.#nowMs = nowMs;
  }

  applyChanges(changes: readonly Change[]): void {
    this.#last = changes.at(-1) ?? this.#last;
    const what = changes.map(changeHeadline).join(', ') || 'The event is not a change of an entity';
    this.#run({kind: 'changes', changes, nowMs: this.#nowMs}, what);
  }

  /** @returns the mistake in the step. Undefined if the step is valid */
  applyStep(step: TypedStep): string | undefined {
    switch (step.kind) {
      case 'change':
        return this.#change(step.property.trim(), step.to);
      case 'wait':
        return this.#wait(step.wait.trim());
      case 'ack':
        return this.#acknowledge(step.rule.trim());
    }
  }

  #change(property: string, to: string): string | undefined {
    if (this.#last === undefined) return 'The event is not a change, so there is no entity to change.';
    if (property === '') return 'Enter the property that changes.';
    const value = parseScalar(to);
    if (valueAfter(this.#last, property) === value) return `${property} is already ${showSide(value)}.`;
    // Two changes of one entity at the same time have no defined order.
    this.#nowMs = Math.max(this.#nowMs, (Date.parse(this.#last.at) || 0) + 1000);
    this.applyChanges([nextChange(this.#last, {property, value}, this.#nowMs)]);
    return undefined;
  }

  /** The clock runs at each due time, and at the end. The real clock follows the schedule of its workflow. */
  #wait(text: string): string | undefined {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) return `${showValue(text)} is not a duration. Use a value such as 20s, 10m or 1h.`;
    const endMs = this.#nowMs + milliseconds;
    while (this.#nowMs < endMs) {
      if (++this.#clockRuns > MAX_CLOCK_RUNS)
        return `More than ${MAX_CLOCK_RUNS} timers end during this wait. Use a shorter wait.`;
      this.#nowMs = Math.min(this.#nextDueMs() ?? endMs, endMs);
      const isEnd = this.#nowMs === endMs;
      this.#run({kind: 'clock', nowMs: this.#nowMs}, isEnd ? 'The wait is over' : 'A timer ends', isEnd);
    }
    return undefined;
  }

  #acknowledge(rule: string): string | undefined {
    const names = [...this.#rules.byName.keys()];
    if (!names.includes(rule)) {
      const near = nearest(rule, names);
      return `The rules have no rule ${showValue(rule)}.${near === undefined ? '' : ` Did you mean ${near}?`}`;
    }
    this.#run({kind: 'ack', rule, nowMs: this.#nowMs}, `A person acknowledges ${rule}`);
    return undefined;
  }

  /** @param isShown whether to add a run even if nothing happens */
  #run(step: Step, what: string, isShown = true): void {
    const before = this.#incidents();
    const run = `${this.runs.length + 1}/1`;
    const {next, ...taken} = runTestStep(this.#rules, step, {shards: this.#shards, run, known: undefined});
    this.#shards = next();
    const incidents = this.#incidents();
    if (!isShown && !isEventful(taken.actual) && statesOf(before) === statesOf(incidents)) return;
    this.runs.push({nowMs: step.nowMs, kind: step.kind, what, incidents, ...taken});
  }

  #incidents(): Incident[] {
    return [...this.#shards.values()].flatMap(({incidents}) => incidents);
  }

  #nextDueMs(): number | undefined {
    const later = this.#incidents()
      .flatMap(({due}) => due ?? [])
      .map(due => due * 1000)
      .filter(due => due > this.#nowMs);
    return later.length === 0 ? undefined : Math.min(...later);
  }
}

function isEventful({messages, remediations, muted}: Actual): boolean {
  return messages.length + remediations.length + muted.length > 0;
}

function statesOf(incidents: readonly Incident[]): string {
  return JSON.stringify(incidents.map(({id, state}) => [id, state]));
}
