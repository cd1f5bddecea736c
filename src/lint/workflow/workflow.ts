/**
 * Lint: the parts of a GitHub Actions workflow that concern this action: its triggers, its jobs, and the steps that use the
 * action.
 */
import {isObject, type JsonObject} from '../../base/json.ts';
import {openSource, type Source, type SourceFile} from '../source.ts';
import {allTexts, mappingIn, scalarText, textsAt, type WrittenPart, type WrittenPath} from '../written.ts';

export interface Job {
  readonly name: string;
  readonly path: WrittenPath;
  readonly body: JsonObject;
  readonly steps: readonly JsonObject[];
}

/** A step that uses this action. */
export interface ReactStep {
  readonly job: Job;
  /** The index among the steps of the job. */
  readonly index: number;
  readonly path: WrittenPath;
  readonly body: JsonObject;
  readonly uses: string;
  /** By name in lower case, because GitHub's names are case-insensitive. */
  readonly inputs: ReadonlyMap<string, unknown>;
}

export interface Workflow {
  readonly source: Source;
  /** An empty mapping if the file is not valid YAML. `source.mistakes` contains the reason. */
  readonly json: JsonObject;
  /** By name, with the unchecked configuration. */
  readonly triggers: ReadonlyMap<string, unknown>;
  readonly jobs: readonly Job[];
  readonly steps: readonly ReactStep[];
}

/** Recognizes a workflow for this action if a mistake hides its steps, for example `usse: ./` or `job:`. */
const MENTIONS_ACTION =
  /port[-_ ]?reactor|port-catalog-change|port-client-(id|secret)|repository[-_]dispatch|client_payload/i;

/** Whether the workflow is possibly for this action, although no step uses it. */
export function isPossiblyOurs({text}: SourceFile, eventType: string): boolean {
  return MENTIONS_ACTION.test(text) || text.includes(eventType);
}

/** The workflow, if a step uses this action. @param ownAction whether `./` is this action */
export function readWorkflow(file: SourceFile, ownAction: boolean): Workflow | undefined {
  const workflow = openWorkflow(file, ownAction);
  const isUnreadable = workflow.source.mistakes.length > 0 && MENTIONS_ACTION.test(file.text);
  return workflow.steps.length === 0 && !isUnreadable ? undefined : workflow;
}

/** Reads any workflow. */
export function openWorkflow(file: SourceFile, ownAction: boolean): Workflow {
  const source = openSource(file);
  const json = isObject(source.json) ? source.json : {};
  const jobs = Object.entries(mappingIn(json, 'jobs')).flatMap(([name, body]) =>
    isObject(body) ? [jobOf(name, body)] : [],
  );
  const triggers = triggersOf(json['on']);
  const isForUs = listensTo(triggers, EVENT_TYPE);
  const steps = jobs.flatMap(job =>
    stepsOf(job, (uses, inputs) => isReactor(uses, ownAction) || isByItsInputs(uses, inputs, isForUs)),
  );
  return {source, json, triggers, jobs, steps};
}

export function jobOf(name: string, body: JsonObject): Job {
  const steps = Array.isArray(body['steps']) ? body['steps'] : [];
  return {name, path: ['jobs', name], body, steps: steps.map((step: unknown) => (isObject(step) ? step : {}))};
}

type Inputs = ReadonlyMap<string, unknown>;

function stepsOf(job: Job, isOurs: (uses: string, inputs: Inputs) => boolean): ReactStep[] {
  return job.steps.flatMap((body, index) => {
    const uses = usesOf(body);
    const written = Object.entries(mappingIn(body, 'with'));
    const inputs = new Map(written.map(([name, value]) => [name.toLowerCase(), value] as const));
    if (!isOurs(uses, inputs)) return [];
    return [{job, index, path: [...job.path, 'steps', index], body, uses, inputs}];
  });
}

/** The `uses` value of a step. Empty if it runs a script. */
export function usesOf(step: JsonObject): string {
  return typeof step['uses'] === 'string' ? step['uses'].trim() : '';
}

function isReactor(uses: string, ownAction: boolean): boolean {
  return /^[^/\s]+\/port-reactor(@|$)/i.test(uses) || (ownAction && /^(\.\/?|\$\/)$/.test(uses));
}

/** Inputs that no other known action has. */
const OWN_INPUTS = [
  ...['slack-webhooks', 'slack-bot-token', 'slack-channels'],
  ...['port-client-id', 'port-client-secret', 'port-api-url'],
  ...['memory-token', 'memory-repository'],
];
const ADDRESS_INPUT = 'slack-webhook-url';
/** Other actions have an input for the address too, but not together with these. */
const WITH_ADDRESS = ['rules', 'event', 'dry-run', 'mode', 'memory'];

/**
 * Whether the inputs identify this action, because a fork or mirror can have any name.
 * @param isForUs whether the workflow starts for events of the relay
 */
function isByItsInputs(uses: string, inputs: Inputs, isForUs: boolean): boolean {
  if (uses === '' || uses.startsWith('docker:')) return false;
  const has = (name: string) => inputs.has(name);
  return OWN_INPUTS.some(has) || (has(ADDRESS_INPUT) && (isForUs || WITH_ADDRESS.some(has)));
}

/** The default event type of the relay. */
const EVENT_TYPE = 'port-catalog-change';

/** Whether the event type starts the workflow. */
function listensTo(triggers: Workflow['triggers'], eventType: string): boolean {
  const config = triggers.get('repository_dispatch');
  return textsAt(isObject(config) ? config['types'] : undefined, []).some(({value}) => value === eventType);
}

/** Whether events of the relay start the workflow. */
export function isForRelay(file: SourceFile, eventType: string): boolean {
  const {json} = openSource(file);
  return isObject(json) && listensTo(triggersOf(json['on']), eventType);
}

/** The triggers in `on: push`, `on: [push]` or `on: { push: … }`. */
function triggersOf(on: unknown): Map<string, unknown> {
  if (typeof on === 'string') return new Map([[on, undefined]]);
  if (Array.isArray(on)) return new Map(on.map((name: unknown) => [scalarText(name), undefined]));
  return new Map(isObject(on) ? Object.entries(on) : []);
}

/** Whether the step has a mode other than `react`. */
export function isOtherMode({inputs}: ReactStep): boolean {
  return !['', 'react'].includes(scalarText(inputs.get('mode')).trim());
}

/** Whether the step runs the clock. */
export function actsByClock(step: ReactStep): boolean {
  return literalInput(step, 'mode') === 'clock' && !isDry(step);
}

/** Whether the step searches for lost changes. */
export function isReconciling(step: ReactStep): boolean {
  return literalInput(step, 'mode') === 'reconcile' && !isDry(step);
}

function isDry({inputs}: ReactStep): boolean {
  return scalarText(inputs.get('dry-run')).trim().toLowerCase() === 'true';
}

/** Whether the step never acts, so that it needs no destination, variable or script. */
export function isPassive(step: ReactStep): boolean {
  return isOtherMode(step) || isDry(step);
}

/** The literal text of an input. Undefined if it is absent or an expression. */
export function literalInput({inputs}: ReactStep, name: string): string | undefined {
  const value = inputs.get(name);
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const text = scalarText(value).trim();
  return text === '' || text.includes('${{') ? undefined : text;
}

/** Whether the step has no incident memory. */
export function isMemoryOff(step: ReactStep): boolean {
  return /^(off|false)$/i.test(literalInput(step, 'memory') ?? '');
}

/** The path of the input as written, because names are case-insensitive. */
export function inputPath({path, body}: ReactStep, name: string): WrittenPath {
  const written = Object.keys(mappingIn(body, 'with')).find(key => key.toLowerCase() === name) ?? name;
  return [...path, 'with', written];
}

/** Whether the step sets the input to any value, even an invalid one: `{{ secrets.X }}` is a mapping in YAML. */
export function hasInput({inputs}: ReactStep, name: string): boolean {
  const value = inputs.get(name);
  return isObject(value) || scalarText(value).trim() !== '';
}

/** The source as an expression in a workflow. */
export function expression(source: string): string {
  return `\${{ ${source} }}`;
}

interface WrittenExpression {
  /** With the braces. */
  readonly part: string;
  readonly source: string;
}

/** String literals in it can contain braces: `format('{0}', …)`. */
const EXPRESSION = /\$\{\{((?:'(?:[^']|'')*'(?!')|[^'}])*)\}\}/g;

export function expressionsIn(text: string): WrittenExpression[] {
  return [...text.matchAll(EXPRESSION)].map(([part, source = '']) => ({part, source: source.trim()}));
}

/** The text with each expression replaced by x. */
export function withoutExpressions(text: string): string {
  return text.replace(EXPRESSION, 'x');
}

/** The sources of all expressions in a value. `if:` needs no braces. */
export function* allExpressions(value: unknown, path: WrittenPath): Generator<WrittenPart<string>> {
  for (const text of allTexts(value, path)) {
    const found = expressionsIn(text.value).map(({source}) => ({path: text.path, value: source}));
    yield* found.length === 0 && text.path.at(-1) === 'if' ? [text] : found;
  }
}
