/** Parse: aliases of a YAML document that cannot be resolved. */
import {type Alias, type Document, isAlias, isCollection, isPair, isScalar} from 'yaml';
import {messageOf} from '../../base/errors.ts';
import type {OffsetProblem} from './offset-problem.ts';
import {MAX_LEVELS, TOO_DEEP} from './yaml-nesting.ts';

/** Finds aliases without a preceding anchor, inside their own anchor, or with excessive nesting or expansion. */
export function findAliasProblems(document: Document.Parsed): OffsetProblem[] {
  const walk: Walk = {heights: new Map(), problems: [], expands: false};
  heightOf(document.contents, 0, walk);
  return walk.problems.length > 0 || !walk.expands ? walk.problems : findAliasBomb(document);
}

interface Walk {
  /** The nesting depth of each visited anchor, by name. 'open' while the walk is inside it. */
  readonly heights: Map<string, number | 'open'>;
  readonly problems: OffsetProblem[];
  /** Whether an alias or a merge key was found. Without one, the content cannot expand. */
  expands: boolean;
}

/**
 * The number of levels of collections in the node, with its aliases resolved. Visits nodes in text order, because an alias
 * refers to the latest anchor of that name. Recursive: the text has at most {@link MAX_LEVELS} levels.
 * @param levels the number of levels above the node
 */
function heightOf(node: unknown, levels: number, walk: Walk): number {
  if (isAlias(node)) return heightOfAlias(node, levels, walk);
  if (isPair(node) && isScalar(node.key) && node.key.source === '<<') walk.expands = true;
  if (isPair(node)) return Math.max(heightOf(node.key, levels, walk), heightOf(node.value, levels, walk));
  if (isScalar(node) && node.anchor !== undefined) walk.heights.set(node.anchor, 0);
  if (!isCollection(node)) return 0;
  if (node.anchor !== undefined) walk.heights.set(node.anchor, 'open');
  let height = 1;
  for (const item of node.items) height = Math.max(height, 1 + heightOf(item, levels + 1, walk));
  if (node.anchor !== undefined) walk.heights.set(node.anchor, height);
  return height;
}

function heightOfAlias(alias: Alias, levels: number, walk: Walk): number {
  const {heights, problems} = walk;
  walk.expands = true;
  const {source} = alias;
  const height = heights.get(source);
  const offset = alias.range?.[0] ?? 0;
  if (height === undefined) {
    const message = `*${source} refers to the anchor &${source}, which is not defined above. Put quotes around a value that starts with *.`;
    problems.push({offset, message});
  } else if (height === 'open') {
    problems.push({
      offset,
      message: `*${source} is inside &${source}, which it refers to, so it never ends. Write out the value.`,
    });
  } else if (levels + height > MAX_LEVELS) {
    problems.push({offset, message: `the value of *${source} ${TOO_DEEP}`});
    return 0; // reported once
  }
  return typeof height === 'number' ? height : 0;
}

/** Detects aliases of aliases that expand exponentially. The library stops them. */
function findAliasBomb(document: Document.Parsed): OffsetProblem[] {
  try {
    document.toJS();
    return [];
  } catch (error) {
    const why = messageOf(error);
    if (why.startsWith('Merge sources'))
      return [{offset: 0, message: 'a merge key (<<) requires a mapping or its alias'}];
    return [{offset: 0, message: `the aliases (*) expand to too many values: ${why}. Write out the values.`}];
  }
}
