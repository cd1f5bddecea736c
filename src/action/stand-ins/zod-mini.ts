/**
 * Stands for `zod/mini` in the bundle of the action (tsconfig.action.json).
 *
 * zod builds more than a thousand objects for the schemas that a run needs, which took a tenth of the run's CPU time. Here a
 * schema is one object with one function. It has what our schemas use. To any JSON it gives the data and the issues that zod
 * gives (test/action/stand-ins/zod-mini.test.ts). Everything else, as the JSON Schemas for editors, is made with zod itself.
 */

type Path = readonly PropertyKey[];

interface Issue {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  /** True if later checks of the value make sense. False ends all of them. Undefined ends those that need a value of the type. */
  readonly continue?: boolean | undefined;
  readonly [fact: string]: unknown;
}

/** What zod words: an issue and the value that it is about. */
type NewIssue = Partial<Issue>;
type ErrorOf = (issue: NewIssue & {readonly input: unknown}) => string | undefined;
type Params = string | {readonly error?: string | ErrorOf} | undefined;

interface Payload {
  value: unknown;
  readonly issues: Issue[];
}

interface Check {
  /** Looks at the value, or changes it. */
  readonly check: (payload: Payload, add: (issue: NewIssue) => void) => void;
  readonly error?: ErrorOf | undefined;
  /** Whether the check can run, in spite of an issue. Without it, the check needs a value of the type. */
  readonly when?: (payload: Payload) => boolean;
}

/** Returns the parsed value, and adds what is wrong with it. */
type Parse = (value: unknown, issues: Issue[]) => unknown;

interface Definition {
  readonly parse: Parse;
  readonly error?: ErrorOf | undefined;
  readonly checks?: readonly Check[];
  /** Whether a mapping may lack the key. */
  readonly takesAbsence?: boolean;
  /** Whether the data lack it then. If not, they have what the schema makes of `undefined`. */
  readonly givesAbsence?: boolean;
  readonly shape?: Shape;
  readonly options?: readonly Schema[];
}

type Shape = Readonly<Record<string, Schema>>;

class Schema {
  readonly def: Definition;
  readonly shape: Shape | undefined;

  constructor(def: Definition) {
    this.def = def;
    this.shape = def.shape;
  }

  check(...checks: Check[]): Schema {
    return new Schema({...this.def, checks: [...(this.def.checks ?? []), ...checks]});
  }

  /** @param issues those of this value alone */
  run(value: unknown, issues: Issue[]): unknown {
    const {parse, checks = [], error} = this.def;
    const payload = {value: parse(value, issues), issues};
    for (const check of checks) runCheck(check, payload, error);
    return payload.value;
  }

  safeParse(value: unknown) {
    const issues: Issue[] = [];
    const data = this.run(value, issues);
    return issues.length === 0 ? {success: true, data} : {success: false, error: {issues: issues.map(shown)}};
  }

  parse(value: unknown): unknown {
    const {success, data, error} = this.safeParse(value);
    if (!success) throw new Error(JSON.stringify(error?.issues));
    return data;
  }
}

function runCheck({check, when, error}: Check, payload: Payload, schemaError: ErrorOf | undefined): void {
  const {issues} = payload;
  const isOver = when === undefined ? areFatal(issues) : issues.some(issue => issue.continue === false);
  if (isOver || when?.(payload) === false) return;
  check(payload, issue => issues.push(worded({continue: true, ...issue}, payload.value, error, schemaError)));
}

function areFatal(issues: readonly Issue[]): boolean {
  return issues.some(issue => issue.continue !== true);
}

/** The first function that has words for the issue gives its message. */
function worded(issue: NewIssue, input: unknown, ...errors: (ErrorOf | undefined)[]): Issue {
  const message = errors.reduce((words, error) => words ?? error?.({...issue, input}), issue.message || undefined);
  return {code: 'custom', path: [], ...issue, message: message ?? 'Invalid input'};
}

/** As zod shows it. */
function shown({continue: _, ...issue}: Issue) {
  return issue;
}

function errorOf(params: Params): ErrorOf | undefined {
  const error = typeof params === 'string' ? params : params?.error;
  return typeof error === 'string' ? () => error : error;
}

/** A schema that only looks at the value. */
function typed(isValid: (value: unknown) => boolean, issue: (value: unknown) => NewIssue, params: Params): Schema {
  const error = errorOf(params);
  const parse: Parse = (value, issues) => {
    if (!isValid(value)) issues.push(worded(issue(value), value, error));
    return value;
  };
  return new Schema({parse, error});
}

function wrongType(expected: string): () => NewIssue {
  return () => ({code: 'invalid_type', expected});
}

export function string(params?: Params): Schema {
  return typed(value => typeof value === 'string', wrongType('string'), params);
}

export function number(params?: Params): Schema {
  const issue = (value: unknown) => ({
    ...wrongType('number')(),
    ...(typeof value === 'number' ? {received: String(value)} : {}),
  });
  return typed(Number.isFinite, issue, params);
}

export function boolean(params?: Params): Schema {
  return typed(value => typeof value === 'boolean', wrongType('boolean'), params);
}

function nullSchema(params?: Params): Schema {
  return typed(value => value === null, wrongType('null'), params);
}

export function unknown(): Schema {
  return new Schema({parse: value => value});
}

export function literal(value: unknown, params?: Params): Schema {
  return oneOf([value], params);
}

function oneOf(values: readonly unknown[], params?: Params): Schema {
  return typed(
    value => values.includes(value),
    () => ({code: 'invalid_value', values}),
    params,
  );
}

export {nullSchema as null, oneOf as enum};

export function custom(isValid: (value: unknown) => boolean, params?: Params): Schema {
  const check: Check['check'] = ({value}, add) => {
    if (!isValid(value)) add({code: 'custom', continue: false});
  };
  return unknown().check({check, error: errorOf(params)});
}

export function optional(inner: Schema): Schema {
  const parse: Parse = (value, issues) => (value === undefined ? value : inner.run(value, issues));
  return new Schema({parse, takesAbsence: true, givesAbsence: true});
}

/** As {@link optional}, but a key that is there must have a value. */
export function exactOptional(inner: Schema): Schema {
  return new Schema({parse: (value, issues) => inner.run(value, issues), takesAbsence: true, givesAbsence: true});
}

export function nullable(inner: Schema): Schema {
  const parse: Parse = (value, issues) => (value === null ? value : inner.run(value, issues));
  const {takesAbsence = false, givesAbsence = false} = inner.def;
  return new Schema({parse, takesAbsence, givesAbsence});
}

export function nullish(inner: Schema): Schema {
  return optional(nullable(inner));
}

function catchSchema(inner: Schema, fallback: unknown): Schema {
  const parse: Parse = value => {
    const issues: Issue[] = [];
    const data = inner.run(value, issues);
    return issues.length === 0 ? data : fallback;
  };
  return new Schema({parse, takesAbsence: true, givesAbsence: inner.def.givesAbsence === true});
}

export {catchSchema as catch};

/** If one alternative alone is of the value's type, its issues say more than that no alternative fits. */
export function union(options: readonly Schema[], params?: Params): Schema {
  const error = errorOf(params);
  const parse: Parse = (value, issues) => {
    const results: {data: unknown; found: Issue[]}[] = [];
    for (const option of options) {
      const found: Issue[] = [];
      const data = option.run(value, found);
      if (found.length === 0) return data;
      results.push({data, found});
    }
    const [close, ...others] = results.filter(({found}) => !areFatal(found));
    if (close !== undefined && others.length === 0) {
      issues.push(...close.found);
      return close.data;
    }
    const errors = results.map(({found}) => found.map(shown));
    issues.push(worded({code: 'invalid_union', errors}, value, error));
    return value;
  };
  const takesAbsence = options.some(({def}) => def.takesAbsence);
  const givesAbsence = options.some(({def}) => def.givesAbsence);
  return new Schema({parse, error, options, takesAbsence, givesAbsence});
}

export function array(item: Schema, params?: Params): Schema {
  const error = errorOf(params);
  const parse: Parse = (value, issues) => {
    if (Array.isArray(value)) return value.map((one, index) => runAt(item, [index, one], issues));
    issues.push(worded(wrongType('array')(), value, error));
    return value;
  };
  return new Schema({parse, error});
}

/** @param _key is not looked at: all keys of JSON are texts */
export function record(_key: Schema, item: Schema, params?: Params): Schema {
  return mapping('record', params, (value, issues) => {
    const keys = Object.keys(value).filter(key => key !== '__proto__');
    return Object.fromEntries(keys.map(key => [key, runAt(item, [key, value[key]], issues)]));
  });
}

/** Takes other keys as well, and leaves them out. */
export function object(shape: Shape, params?: Params): Schema {
  const parse: ParseMapping = (value, issues) => parseKeys(shape, value, issues);
  return new Schema({...mapping('object', params, parse).def, shape});
}

export function strictObject(shape: Shape, params?: Params): Schema {
  const error = errorOf(params);
  const parse: ParseMapping = (value, issues) => {
    const data = parseKeys(shape, value, issues);
    const keys = Object.keys(value).filter(key => !Object.hasOwn(shape, key));
    if (keys.length > 0) issues.push(worded({code: 'unrecognized_keys', keys, continue: true}, value, error));
    return data;
  };
  return new Schema({...mapping('object', params, parse).def, shape});
}

type ParseMapping = (value: Record<string, unknown>, issues: Issue[]) => Record<string, unknown>;

function mapping(expected: string, params: Params, parseMapping: ParseMapping): Schema {
  const error = errorOf(params);
  const parse: Parse = (value, issues) => {
    if (isObject(value)) return parseMapping(value, issues);
    issues.push(worded(wrongType(expected)(), value, error));
    return value;
  };
  return new Schema({parse, error});
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseKeys(shape: Shape, value: Record<string, unknown>, issues: Issue[]): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    const {takesAbsence, givesAbsence} = schema.def;
    const isPresent = Object.hasOwn(value, key);
    if (!isPresent && takesAbsence && givesAbsence) continue;
    if (isPresent || takesAbsence) data[key] = runAt(schema, [key, value[key]], issues);
    else requireKey(key, schema, issues);
  }
  return data;
}

/** The schema's own issue with an absent value. If it has none, the issue is the missing key. */
function requireKey(key: string, schema: Schema, issues: Issue[]): void {
  const count = issues.length;
  runAt(schema, [key, undefined], issues);
  if (issues.length === count) issues.push(worded({...wrongType('nonoptional')(), path: [key]}, undefined));
}

/** Runs a schema on a part of the value. */
function runAt(schema: Schema, [key, value]: readonly [PropertyKey, unknown], issues: Issue[]): unknown {
  const found: Issue[] = [];
  const data = schema.run(value, found);
  issues.push(...found.map(issue => ({...issue, path: [key, ...issue.path]})));
  return data;
}

export function refine(isValid: (value: unknown) => boolean, params?: Params): Check {
  const check: Check['check'] = ({value}, add) => {
    if (!isValid(value)) add({code: 'custom'});
  };
  return {check, error: errorOf(params)};
}

export function superRefine(look: (value: unknown, context: {addIssue: (issue: NewIssue) => void}) => void): Check {
  return {check: ({value}, add) => look(value, {addIssue: add})};
}

export function trim(): Check {
  const check: Check['check'] = payload => {
    payload.value = String(payload.value).trim();
  };
  return {check};
}

export function regex(pattern: RegExp, params?: Params): Check {
  const issue = {origin: 'string', code: 'invalid_format', format: 'regex', pattern: pattern.toString()};
  const check: Check['check'] = ({value}, add) => {
    if (!pattern.test(String(value))) add(issue);
  };
  return {check, error: errorOf(params)};
}

export function minimum(least: number, params?: Params): Check {
  const issue = {origin: 'number', code: 'too_small', minimum: least, inclusive: true};
  const check: Check['check'] = ({value}, add) => {
    if (Number(value) < least) add(issue);
  };
  return {check, error: errorOf(params)};
}

export function minLength(least: number, params?: Params): Check {
  return new MinLength({minimum: least, error: errorOf(params)});
}

interface LengthDefinition {
  readonly minimum: number;
  readonly error?: ErrorOf | undefined;
  readonly abort?: boolean;
  readonly when?: (payload: Payload) => boolean;
}

class MinLength implements Check {
  readonly check: Check['check'];
  readonly error: ErrorOf | undefined;
  readonly when: (payload: Payload) => boolean;

  constructor({minimum, error, abort = false, when = hasLength}: LengthDefinition) {
    this.error = error;
    this.when = when;
    this.check = ({value}, add) => {
      const origin = typeof value === 'string' ? 'string' : 'array';
      const issue = {origin, code: 'too_small', minimum, inclusive: true, continue: !abort};
      if ((value as string | unknown[]).length < minimum) add(issue);
    };
  }
}

function hasLength({value}: Payload): boolean {
  return typeof value === 'string' || Array.isArray(value);
}

export const core = {$ZodCheckMinLength: MinLength};
