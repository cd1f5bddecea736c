/** Removes the parts of a written rules file that have mistakes, so that the rest works. Pure. */
import {isObject, type JsonObject} from '../base/json.ts';
import {nearest} from '../base/text/nearest.ts';
import {trimmedText} from './check/check-rules.ts';
import type {FoundProblem} from './problem.ts';
import type {BrokenRule, LeftOut} from './rules.ts';

/** A written item of a list, and its index in the file. */
interface Placed {
  readonly index: number;
  readonly written: unknown;
}

export interface WithoutMistakes {
  /** The file except the rules, without parts that have a mistake. */
  readonly around: JsonObject;
  /** The items of each list without mistakes. */
  readonly kept: Readonly<Record<ListKey, readonly Placed[]>>;
  readonly leftOut: LeftOut;
}

const LISTS = ['rules', 'routes', 'mute', 'silences', 'inhibit'] as const;
export type ListKey = (typeof LISTS)[number];

/**
 * @param problems the problems by path. A problem within an item of a list, or within a status, affects only that part
 * @returns undefined if too little of the file is valid
 */
export function leaveOutMistakes(json: unknown, problems: readonly FoundProblem[]): WithoutMistakes | undefined {
  if (!isObject(json) || !Array.isArray(json['rules']) || json['rules'].length === 0 || isOfAnotherVersion(json)) {
    return undefined;
  }
  const scripts = problems.flatMap(({missingScript}) => missingScript ?? []);
  const breaking = problems.filter(({missingScript}) => missingScript === undefined);
  const broken = new Set(breaking.map(({path}) => partOf(json, path)));
  const keptOf = (key: ListKey) => itemsOf(json, key).filter(({index}) => !broken.has(`${key}[${index}]`));
  const kept = Object.fromEntries(LISTS.map(key => [key, broken.has(key) ? [] : keptOf(key)])) as Record<
    ListKey,
    Placed[]
  >;
  const whole = Object.entries(json).filter(([key]) => !broken.has(key));
  const working = whole.map(([key, value]) => [key, workingPart([key, value], {kept, broken})]);
  return {
    around: {...Object.fromEntries(working), version: 1},
    kept,
    leftOut: {
      rules: itemsOf(json, 'rules').flatMap(({index, written}) =>
        broken.has(`rules[${index}]`) ? [brokenRule(written, index, breaking)] : [],
      ),
      mayForbidRemediations: findPossibleForbidder(json, broken),
      ...(scripts.length === 0 ? {} : {scripts: new Set(scripts)}),
    },
  };
}

/** In a file of a later version, the same keys can have another meaning. A missing version counts as the current one. */
function isOfAnotherVersion({version}: JsonObject): boolean {
  return version !== undefined && version !== 1 && version !== '1';
}

function itemsOf(json: JsonObject, key: string): Placed[] {
  const list = json[key];
  return Array.isArray(list) ? list.map((written: unknown, index) => ({written, index})) : [];
}

/** The smallest part of the file that can be omitted without affecting others: `rules[2]`. */
function partOf(json: JsonObject, [key, second]: readonly PropertyKey[]): string {
  if (typeof second === 'number' && Array.isArray(json[String(key)])) return `${String(key)}[${second}]`;
  return key === 'statuses' && second !== undefined ? statusPart(String(second)) : String(key ?? '');
}

function statusPart(property: string): string {
  return `statuses.${property}`;
}

interface Found extends Pick<WithoutMistakes, 'kept'> {
  readonly broken: ReadonlySet<string>;
}

/** The valid part of the value at a top-level key. Rules are unchanged here, because they are parsed one by one. */
function workingPart([key, value]: readonly [string, unknown], {kept, broken}: Found): unknown {
  if (key === 'statuses' && isObject(value)) {
    return Object.fromEntries(Object.entries(value).filter(([name]) => !broken.has(statusPart(name))));
  }
  return key !== 'rules' && Object.hasOwn(kept, key) ? kept[key as ListKey].map(({written}) => written) : value;
}

function brokenRule(written: unknown, index: number, problems: readonly FoundProblem[]): BrokenRule {
  if (!isObject(written)) return {};
  const isInvalid = problems.some(({path: [key, at, part]}) => key === 'rules' && at === index && part === 'blueprint');
  return {name: trimmedText(written['name']), blueprint: isInvalid ? undefined : trimmedText(written['blueprint'])};
}

/** The part that possibly forbids remediations: an invalid mute, or a list of mutes under a mistyped key. */
function findPossibleForbidder(json: JsonObject, broken: ReadonlySet<string>): string | undefined {
  const items = (['mute', 'silences'] as const).flatMap(key =>
    itemsOf(json, key).map(({index, written}) => ({part: `${key}[${index}]`, written})),
  );
  const others = Object.entries(json)
    .filter(([key]) => key !== 'rules' && key !== 'routes')
    .map(([part, written]) => ({part, written}));
  return [...items, ...others].find(({part, written}) => broken.has(part) && mayForbid(written))?.part;
}

/** Whether the value has a `remediate` key, possibly misspelt, with a value other than `keep`. */
function mayForbid(written: unknown): boolean {
  if (Array.isArray(written)) return written.some(mayForbid);
  if (!isObject(written)) return false;
  return Object.entries(written).some(
    ([key, value]) => nearest(key, ['remediate']) !== undefined && trimmedText(value) !== 'keep',
  );
}
