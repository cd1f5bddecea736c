/** Lint: a workflow of GitHub Actions, as far as it is about this action: its triggers, its jobs, and the steps that react. */
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
  /** Among the job's steps. */
  readonly index: number;
  readonly path: WrittenPath;
  readonly body: JsonObject;
  readonly uses: string;
  /** By name in lower case, as GitHub takes them. */
  readonly inputs: ReadonlyMap<string, unknown>;
}

export interface Workflow {
  readonly source: Source;
  /** An empty mapping if the file is not YAML, of which `source.mistakes` has the reason. */
  readonly json: JsonObject;
  /** By name. What is under it may be anything. */
  readonly triggers: ReadonlyMap<string, unknown>;
  readonly jobs: readonly Job[];
  readonly steps: readonly ReactStep[];
}

/** Distinguishes a workflow about this action from another one if its steps do not, as with `usse: ./` or `job:`. */
const NAMES_US = /port[-_ ]?reactor|port-catalog-change|port-client-(id|secret)|repository[-_]dispatch|client_payload/i;

/** Whether the workflow may be about this action, although no step of it uses the action. */
export function mayBeOurs({text}: SourceFile, eventType: string): boolean {
  return NAMES_US.test(text) || text.includes(eventType);
}

/**
 * The workflow, if a step of it uses this action.
 * @param ownAction whether `./` is this action: not if the repository has another one
 */
export function readWorkflow(file: SourceFile, ownAction: boolean): Workflow | undefined {
  const workflow = openWorkflow(file, ownAction);
  const isUnreadable = workflow.source.mistakes.length > 0 && NAMES_US.test(file.text);
  return workflow.steps.length === 0 && !isUnreadable ? undefined : workflow;
}

/** Any workflow. */
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

/** What a step uses. Empty if it runs a script. */
export function usesOf(step: JsonObject): string {
  return typeof step['uses'] === 'string' ? step['uses'].trim() : '';
}

function isReactor(uses: string, ownAction: boolean): boolean {
  return /^[^/\s]+\/port-reactor(@|$)/i.test(uses) || (ownAction && /^(\.\/?|\$\/)$/.test(uses));
}

/** No other action is known to have one of these. */
const OWN_INPUTS = [
  ...['slack-webhooks', 'slack-bot-token', 'slack-channels'],
  ...['port-client-id', 'port-client-secret', 'port-api-url'],
  ...['memory-token', 'memory-repository'],
];
const ADDRESS_INPUT = 'slack-webhook-url';
/** Other actions have an input for the address, too, but not beside these. */
const BESIDE_ADDRESS = ['rules', 'event', 'dry-run', 'mode', 'memory'];

/** A fork or a mirror may have any name. @param isForUs whether the workflow starts for events of the relay */
function isByItsInputs(uses: string, inputs: Inputs, isForUs: boolean): boolean {
  if (uses === '' || uses.startsWith('docker:')) return false;
  const has = (name: string) => inputs.has(name);
  return OWN_INPUTS.some(has) || (has(ADDRESS_INPUT) && (isForUs || BESIDE_ADDRESS.some(has)));
}

/** What the relay dispatches unless it is set up otherwise. */
const EVENT_TYPE = 'port-catalog-change';

/** Whether the workflow names the type of event among those that start it. */
function listensTo(triggers: Workflow['triggers'], eventType: string): boolean {
  const config = triggers.get('repository_dispatch');
  return textsAt(isObject(config) ? config['types'] : undefined, []).some(({value}) => value === eventType);
}

/** Whether the file is a workflow that starts for events of the relay. */
export function isForRelay(file: SourceFile, eventType: string): boolean {
  const {json} = openSource(file);
  return isObject(json) && listensTo(triggersOf(json['on']), eventType);
}

/** `on: push`, `on: [push]` and `on: { push: … }` alike. */
function triggersOf(on: unknown): Map<string, unknown> {
  if (typeof on === 'string') return new Map([[on, undefined]]);
  if (Array.isArray(on)) return new Map(on.map((name: unknown) => [scalarText(name), undefined]));
  return new Map(isObject(on) ? Object.entries(on) : []);
}

/** Whether the step looks at the repository, or at what GitHub says, instead of reacting to a change. */
export function isOtherMode({inputs}: ReactStep): boolean {
  return !['', 'react'].includes(scalarText(inputs.get('mode')).trim());
}

/** Whether the step does what is due, without a change. */
export function actsByClock(step: ReactStep): boolean {
  return literalInput(step, 'mode') === 'clock' && !isDry(step);
}

/** Whether the step looks for changes that were lost. */
export function reconciles(step: ReactStep): boolean {
  return literalInput(step, 'mode') === 'reconcile' && !isDry(step);
}

function isDry({inputs}: ReactStep): boolean {
  return scalarText(inputs.get('dry-run')).trim().toLowerCase() === 'true';
}

/** If the step's inputs say so, nothing is done: no destination, variable or script is needed. */
export function isRehearsal(step: ReactStep): boolean {
  return isOtherMode(step) || isDry(step);
}

/** The text of an input, if it is written out. Undefined if it is absent, or filled in by GitHub. */
export function literalInput({inputs}: ReactStep, name: string): string | undefined {
  const value = inputs.get(name);
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const text = scalarText(value).trim();
  return text === '' || text.includes('${{') ? undefined : text;
}

/** Whether the step remembers nothing. */
export function isMemoryOff(step: ReactStep): boolean {
  return /^(off|false)$/i.test(literalInput(step, 'memory') ?? '');
}

/** As the input is written: names count in any letter case. */
export function inputPath({path, body}: ReactStep, name: string): WrittenPath {
  const written = Object.keys(mappingIn(body, 'with')).find(key => key.toLowerCase() === name) ?? name;
  return [...path, 'with', written];
}

/** Whether the step gives the input any value, a wrong one among them: `{{ secrets.X }}` is a mapping in YAML. */
export function hasInput({inputs}: ReactStep, name: string): boolean {
  const value = inputs.get(name);
  return isObject(value) || scalarText(value).trim() !== '';
}

/** The source as people write it in a workflow. */
export function expression(source: string): string {
  return `\${{ ${source} }}`;
}

interface WrittenExpression {
  /** With the braces. */
  readonly part: string;
  readonly source: string;
}

/** Texts within may hold braces: `format('{0}', …)`. */
const EXPRESSION = /\$\{\{((?:'(?:[^']|'')*'(?!')|[^'}])*)\}\}/g;

export function expressionsIn(text: string): WrittenExpression[] {
  return [...text.matchAll(EXPRESSION)].map(([part, source = '']) => ({part, source: source.trim()}));
}

/** The text, with an x in place of each of its expressions. */
export function withoutExpressions(text: string): string {
  return text.replace(EXPRESSION, 'x');
}

/** The sources of all expressions within. `if:` needs no braces. */
export function* allExpressions(value: unknown, path: WrittenPath): Generator<WrittenPart<string>> {
  for (const text of allTexts(value, path)) {
    const found = expressionsIn(text.value).map(({source}) => ({path: text.path, value: source}));
    yield* found.length === 0 && text.path.at(-1) === 'if' ? [text] : found;
  }
}
