/** Lint: names and values that load but never occur: paths, operators, patterns, and lists in one text. Pure. */
import {globShape, type Shape, shapeOf} from './text-shape.ts';

/** Explains what is wrong with a text of a rule, and which form works. */
export type Hint = string;

/** A property or relation in an expression: `after.properties.cpu`, `after.properties['display name']`. */
function member(side: string, holder: 'properties' | 'relations', name: string): string {
  const parts = name.split('.');
  return parts.every(part => /^[A-Za-z_][\w-]*$/.test(part))
    ? `${side}.${holder}.${name}`
    : `${side}.${holder}[${quoted(name)}]`;
}

function changes(holder: 'properties' | 'relations', name: string): string {
  return `\`if: ${member('before', holder, name)} != ${member('after', holder, name)}\``;
}

/** A string literal of GitHub's expressions. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const NOT_PROPERTIES: Readonly<Record<string, string>> = {
  title: 'the title is not a property. Remove `property`, and write `if: before.title != after.title`.',
  team: 'the team is not a property. Remove `property`, and write `if: join(before.team) != join(after.team)`.',
  identifier: 'the identifier is not a property. It is `change.entity`.',
  blueprint: 'the blueprint is not a property. It is the key `blueprint`.',
  icon: 'Port does not report the icon as a property. Remove `property` to react to every change.',
  createdat: 'Port does not report the time as a property. Remove `property`, and write `on: created`.',
  updatedat: 'Port does not report the time as a property. Remove `property` to react to every change.',
  properties: 'it refers to all properties. Write one, or remove `property` to react to every change.',
  relations:
    'it refers to all relations. For one of them, write `if: before.relations.cluster != after.relations.cluster`.',
};

/** Why `property` is not the name of a property. Undefined if it can be one. */
export function propertyHint(written: string): Hint | undefined {
  const name = written.replace(/^\.?((event|diff|change|entity|before|after)\.)*/i, '');
  const [, holder = '', inner = ''] = /^(properties|relations)\.(.+)$/i.exec(name) ?? [];
  const never = `"${written}" is never the name of a property`;
  if (holder.toLowerCase() === 'relations') {
    return `${never}: it is a path to a relation. Remove \`property\`, and write ${changes('relations', inner)}.`;
  }
  const own = inner === '' ? name : inner;
  const instead = inner === '' ? NOT_PROPERTIES[own.replace(/^\$/, '').toLowerCase()] : undefined;
  if (instead !== undefined) return `${never}: ${instead}`;
  if (own.includes('.') && /^[\w.@=-]+$/.test(own)) {
    return `${never}: it is a path into a property. Remove \`property\`, and write ${changes('properties', own)}.`;
  }
  if (own !== written) return `${never}: it is a path. Write \`property: ${own}\`.`;
  if (/[*?[\]{}()|!^$,<>~"\\/]/.test(written)) {
    return `${never}: patterns and lists are not accepted here. Write a rule for each property, or remove \`property\` and use \`if\`.`;
  }
  return undefined;
}

/** The condition that is equivalent to a pattern. @param path the path to test */
function conditionFor({start, end, within}: Shape & {kind: 'pattern'}, path: string): string {
  const parts = [
    ...(start === '' ? [] : [`startsWith(${path}, ${quoted(start)})`]),
    ...(within === '' ? [] : [`contains(${path}, ${quoted(within)})`]),
    ...(end === '' ? [] : [`endsWith(${path}, ${quoted(end)})`]),
  ];
  return parts.join(' && ');
}

/** Why a text of `from`, `to` or `clear.to` is never the value of the property. Undefined if it can be the value. */
export function valueHint(key: string, value: string, property: string): Hint | undefined {
  const shape = shapeOf(value);
  const path = member(key === 'from' ? 'before' : 'after', 'properties', property);
  const never = `"${value}" is compared literally and is never the value`;
  const instead = (condition: string) => `${never}. Remove \`${key}\`, and write \`if: ${condition}\`.`;
  switch (shape?.kind) {
    case undefined:
      return value === value.trim()
        ? undefined
        : `"${value}" has a space at its start or end. Write "${value.trim()}".`;
    case 'more':
    case 'less': {
      if (key !== 'to') return instead(`${path} ${shape.kind === 'more' ? '>=' : '<='} ${shape.number}`);
      const [edge, words] = shape.kind === 'more' ? ['above', 'or more'] : ['below', 'or less'];
      return `${never}. Write \`${edge}: ${shape.number}\` instead of \`${key}\`. The rule then fires when the value reaches ${shape.number} ${words}.`;
    }
    case 'any':
      return `${never}. Remove \`${key}\` to match any value.`;
    case 'unset':
      return `${never}. For "not set", write null without quotes.`;
    case 'not':
      return instead(`${path} != ${quoted(shape.text)}`);
    case 'equal':
      return `${never}. Write \`${key}: ${shape.text}\`.`;
    case 'list':
      return `${never}. Write a list, \`${key}: [${shape.texts.join(', ')}]\` (or, if it is one value, \`if: ${path} == ${quoted(value)}\`).`;
    case 'expression':
      return `${never}: \`${key}\` does not accept expressions. Use \`if\`.`;
    case 'pattern':
      return instead(conditionFor(shape, path));
  }
}

/** The paths for the keys of `match` in an expression. */
const MATCH_PATHS: Readonly<Record<string, string>> = {
  entity: 'change.entity',
  team: 'change.team',
  blueprint: 'change.blueprint',
  property: 'change.property',
  environment: 'after.properties.environment',
};

/** Why a text of `match` never matches. Undefined if it can match. @param key a key of `match` */
export function matchHint(key: string, value: string): Hint | undefined {
  const path = MATCH_PATHS[key];
  const shape = shapeOf(value);
  if (path === undefined || (key === 'entity' && !isImpossibleEntity(value, shape))) return undefined;
  const never = `${key === 'entity' ? 'no entity' : `no ${key}`} has the name "${value}"`;
  switch (shape?.kind) {
    case 'any':
      return `${never}. Remove \`${key}\` to match any.`;
    case 'not': {
      const text = globShape(shape.text);
      const equality =
        key === 'team' ? `contains(change.team, ${quoted(shape.text)})` : `${path} == ${quoted(shape.text)}`;
      const condition = text?.kind === 'pattern' ? conditionFor(text, path) : equality;
      return `${never}: \`match\` cannot exclude values. Put an item for ${shape.text} before this one, or write \`if: "!${text === undefined && key !== 'team' ? `(${condition})` : condition}"\` in the rules.`;
    }
    case 'list':
      return `${never}. Write a list, \`${key}: [${shape.texts.join(', ')}]\`.`;
    case 'equal':
      return `${never}. Write \`${key}: ${shape.text}\`.`;
    case 'pattern':
      if (key === 'entity') return `${never}: a pattern uses stars. Write \`entity: "${asGlob(shape)}"\`.`;
      return `${never}: only \`entity\` accepts patterns. List the names, for example \`${key}: [a, b]\`.`;
    case 'expression':
    case 'more':
    case 'less':
      return `${never}. \`match\` accepts only names. Use \`if\` in the rules.`;
    case 'unset':
    case undefined:
      return undefined;
  }
}

/** Whether the text is neither a valid glob nor an identifier. Port's identifiers have no spaces and no commas. */
function isImpossibleEntity(value: string, shape: Shape | undefined): boolean {
  const isBraces = shape?.kind === 'list' && /^[^{}]*\{.*\}[^{}]*$/.test(value);
  const isGlob = shape?.kind === 'pattern' && !/^\^|\$$|^\/.*\/\w*$/.test(value);
  return !isBraces && !isGlob && !/^\*+$/.test(value);
}

function asGlob({start, end, within}: Shape & {kind: 'pattern'}): string {
  if (within !== '') return `*${within}*`;
  return `${start}*${end}`;
}

/** Why the `blueprint` of a rule is not an identifier. Undefined if it can be one. */
export function blueprintHint(value: string): Hint | undefined {
  const shape = shapeOf(value);
  if (shape === undefined || shape.kind === 'unset') return undefined;
  if (shape.kind === 'equal') return `no blueprint has the name "${value}". Write \`blueprint: ${shape.text}\`.`;
  return `no blueprint has the name "${value}": a rule watches one blueprint, by its identifier. Write a rule for each.`;
}

/** The condition to use instead of `path == 'Crash*'`. Undefined for a plain text. */
export function comparisonHint(path: string, text: string): Hint | undefined {
  const shape = shapeOf(text);
  if (shape?.kind === 'pattern') return conditionFor(shape, path);
  if (shape?.kind === 'list') return `contains(fromJSON('${JSON.stringify(shape.texts)}'), ${path})`;
  return undefined;
}
