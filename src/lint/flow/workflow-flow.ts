/** Lint: the catalog text that reaches each step of a workflow through outputs, variables, matrices and inputs. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import {
  expressionsIn,
  type Job,
  type ReactStep,
  usesOf,
  type Workflow,
  withoutExpressions,
} from '../workflow/workflow.ts';
import {mappingIn, scalarText, textsAt} from '../written.ts';
import type {Callee, FindCallee} from './callees.ts';
import {OUTPUTS, PAYLOAD} from './catalog-text.ts';
import {anyMember, either, type Flow, flowOf, isCatalog, listFlow, memberOf, members, type Scope} from './flow.ts';
import {type StepValues, valuesOfJavaScript, valuesOfScript} from './script-flow.ts';

export interface WorkflowFlows {
  /** The contexts of the expressions of a job outside its steps. */
  ofJob(job: Job): Scope;
  /** The contexts of the expressions of a step. */
  ofStep(job: Job, index: number): Scope;
  /** The outputs of the workflow for its callers. */
  readonly outputs: Flow;
}

/** How a workflow or an action is called. */
export interface Call {
  readonly find: FindCallee;
  /** The inputs and variables of the call. Undefined if there is no caller, so that any input is possible. */
  readonly given?: {readonly inputs: Flow; readonly env: Flow};
  /** The depth of the call. */
  readonly depth: number;
}

/** GitHub allows ten levels of calls. */
const MAX_DEPTH = 10;
const NOT_CALLED: Call = {find: () => undefined, depth: 0};

interface JobFlows {
  readonly scope: Scope;
  readonly steps: readonly Scope[];
  readonly outputs: Flow;
}

/** GitHub's contexts by name. */
type Contexts = Readonly<Record<string, Flow>>;

export function flowsIn(workflow: Workflow, call = NOT_CALLED): WorkflowFlows {
  const done = new Map<string, JobFlows>();
  const ofJob = (job: Job): JobFlows => {
    const known = done.get(job.name);
    if (known !== undefined) return known;
    done.set(job.name, NOTHING); // GitHub rejects jobs that wait for each other
    const flows = followJob(job, {workflow, call, outputsOf: name => outputsOf(name)});
    done.set(job.name, flows);
    return flows;
  };
  const outputsOf = (name: string): Flow => {
    const job = workflow.jobs.find(one => one.name.toLowerCase() === name.toLowerCase());
    return job === undefined ? 'clean' : ofJob(job).outputs;
  };
  return {
    ofJob: job => ofJob(job).scope,
    ofStep: (job, index) => ofJob(job).steps[index] ?? ofJob(job).scope,
    get outputs() {
      return workflowOutputs(workflow, outputsOf);
    },
  };
}

/** @returns the flows of `on: workflow_call: outputs:` */
function workflowOutputs({triggers, jobs}: Workflow, outputsOf: (name: string) => Flow): Flow {
  const ofJobs = jobs.map(({name}) => [name.toLowerCase(), members({outputs: outputsOf(name)})] as const);
  const scope = scopeOf({jobs: members(Object.fromEntries(ofJobs))});
  const outputs = Object.entries(mappingIn(triggers.get('workflow_call'), 'outputs'));
  const given = outputs.map(([name, output]) => [
    name.toLowerCase(),
    valueFlow(isObject(output) ? output['value'] : undefined, scope),
  ]);
  return members(Object.fromEntries(given));
}

/** The call by a job or step. Undefined if it calls nothing in this repository. @param scope the contexts of its expressions */
export function callOf(
  body: JsonObject,
  scope: Scope,
  {find, depth}: Call,
): (Callee & {readonly call: Call}) | undefined {
  const callee = depth < MAX_DEPTH ? find(usesOf(body)) : undefined;
  if (callee === undefined) return undefined;
  const env = callee.isAction ? scope('env') : 'clean';
  return {...callee, call: {find, depth: depth + 1, given: {inputs: valueFlow(body['with'], scope), env}}};
}

/** The outputs of a called workflow or action. */
function outputsOfCall(body: JsonObject, scope: Scope, call: Call): Flow | undefined {
  const called = callOf(body, scope, call);
  if (called === undefined) return undefined;
  const flows = flowsIn(called.workflow, called.call);
  const [job] = called.workflow.jobs;
  return called.isAction && job !== undefined ? valueFlow(job.body['outputs'], flows.ofJob(job)) : flows.outputs;
}

const NONE: Flow = 'clean';
const NOTHING: JobFlows = {scope: () => 'clean', steps: [], outputs: 'clean'};

interface JobContext {
  readonly workflow: Workflow;
  readonly call: Call;
  readonly outputsOf: (name: string) => Flow;
}

function followJob(job: Job, {workflow, call, outputsOf}: JobContext): JobFlows {
  const inputs = call.given?.inputs ?? inputsOf(workflow);
  const start: Contexts = {
    github: members({event: members({client_payload: PAYLOAD, inputs})}),
    inputs,
    needs: needsOf(job, outputsOf),
  };
  const matrix = matrixFlow(job, scopeOf(start));
  const withMatrix = {...start, matrix};
  const env = [workflow.json, job.body].reduce<Flow>(
    (all, {env}) => overlay(all, valueFlow(env, scopeOf({...withMatrix, env: all}))),
    call.given?.env ?? 'clean',
  );
  const {scope, steps} = followSteps(job, {...withMatrix, env}, {reacting: workflow.steps, call});
  return {scope, steps, outputs: outputsOfCall(job.body, scope, call) ?? valueFlow(job.body['outputs'], scope)};
}

/** The inputs of a workflow. An input with a fixed choice, a number or a boolean cannot contain catalog text. */
function inputsOf({triggers}: Workflow): Flow {
  const inputs = ['workflow_dispatch', 'workflow_call'].flatMap(name =>
    Object.entries(mappingIn(triggers.get(name), 'inputs')),
  );
  const safe = inputs.filter(([, input]) => isObject(input) && SAFE_TYPES.includes(scalarText(input['type'])));
  return members(Object.fromEntries(safe.map(([name]) => [name.toLowerCase(), 'clean'])), 'catalog');
}

const SAFE_TYPES = ['boolean', 'choice', 'environment', 'number'];

function needsOf({body}: Job, outputsOf: (name: string) => Flow): Flow {
  const names = textsAt(body['needs'], []).map(({value}) => value);
  return members(
    Object.fromEntries(names.map(name => [name.toLowerCase(), members({outputs: outputsOf(name)})] as const)),
  );
}

/** A matrix has one value of each list, and the values of `include`. */
function matrixFlow({body}: Job, scope: Scope): Flow {
  const matrix = memberOf(valueFlow(body['strategy'], scope), 'matrix');
  if (typeof matrix === 'string') return matrix;
  const included = anyMember(memberOf(matrix, 'include'));
  const known = [...matrix.known].filter(([key]) => key !== 'include' && key !== 'exclude');
  const own = {known: new Map(known.map(([key, flow]) => [key, anyMember(flow)])), rest: anyMember(matrix.rest)};
  return either(own, included);
}

interface Steps {
  readonly scope: Scope;
  readonly steps: readonly Scope[];
}

function followSteps(
  job: Job,
  contexts: Contexts,
  {reacting, call}: {readonly reacting: readonly ReactStep[]; readonly call: Call},
): Steps {
  let env = contexts['env'] ?? 'clean';
  let outputs: Flow = 'clean';
  const scopes = job.steps.map((step, index) => {
    const before = scopeOf({...contexts, env, steps: outputs});
    const own = overlay(env, valueFlow(step['env'], before));
    const scope = scopeOf({...contexts, env: own, steps: outputs});
    const isReacting = reacting.some(one => one.job === job && one.index === index);
    const given = isReacting ? {outputs: OUTPUTS, env: NONE} : stepFlow(step, scope, call);
    env = overlay(env, given.env);
    const id = scalarText(step['id']).toLowerCase();
    if (id !== '') outputs = either(outputs, members({[id]: members({outputs: given.outputs})}));
    return scope;
  });
  return {scope: scopeOf({...contexts, env, steps: outputs}), steps: scopes};
}

/** The values of a step that does not use the action. */
function stepFlow(step: JsonObject, scope: Scope, call: Call): StepValues {
  const outputs = outputsOfCall(step, scope, call);
  if (outputs !== undefined) return {outputs, env: NONE};
  const isScript = usesOf(step).startsWith('actions/github-script@');
  const script = isScript ? mappingIn(step, 'with')['script'] : step['run'];
  const view = {env: scope('env'), flowOf: (source: string) => flowOf(source, scope)};
  return isScript ? valuesOfJavaScript(scalarText(script), view) : valuesOfScript(scalarText(script), view);
}

function scopeOf(contexts: Contexts): Scope {
  return name => (Object.hasOwn(contexts, name) ? (contexts[name] ?? 'clean') : 'clean');
}

/** Variables override those of the same name on the outer level. */
function overlay(outer: Flow, inner: Flow): Flow {
  if (typeof outer === 'string' || typeof inner === 'string') return either(outer, inner);
  return {known: new Map([...outer.known, ...inner.known]), rest: either(outer.rest, inner.rest)};
}

/** The flow of a value. A text that is a single expression has the flow of that expression. */
function valueFlow(value: unknown, scope: Scope): Flow {
  if (Array.isArray(value)) return listFlow(value.map(item => valueFlow(item, scope)).reduce(either, 'clean'));
  if (isObject(value)) {
    return members(
      Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), valueFlow(item, scope)])),
    );
  }
  if (typeof value !== 'string') return 'clean';
  const flows = expressionsIn(value).map(({source}) => flowOf(source, scope));
  const [only] = flows;
  if (only !== undefined && withoutExpressions(value).trim() === 'x') return only;
  return flows.some(isCatalog) ? 'catalog' : 'clean';
}
