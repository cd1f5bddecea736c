/** Parse: aliases of a YAML document that can't be replaced by what they stand for. */
import {type Alias, type Document, isAlias, isCollection, isPair, isScalar} from 'yaml';
import {messageOf} from '../../base/errors.ts';
import type {OffsetProblem} from './offset-problem.ts';
import {MAX_LEVELS, TOO_DEEP} from './yaml-nesting.ts';

/** Aliases without an anchor before them, inside their own anchor, or that nest or multiply beyond measure. */
export function findAliasProblems(document: Document.Parsed): OffsetProblem[] {
  const walk: Walk = {heights: new Map(), problems: [], expands: false};
  heightOf(document.contents, 0, walk);
  return walk.problems.length > 0 || !walk.expands ? walk.problems : findAliasBomb(document);
}

interface Walk {
  /** The levels below each anchor that was met, by its name. 'open' while the walk is inside it. */
  readonly heights: Map<string, number | 'open'>;
  readonly problems: OffsetProblem[];
  /** Whether an alias or a merge key was met. Without one the content is what is written, and nothing can multiply. */
  expands: boolean;
}

/**
 * How many levels of collections the node has, with its aliases replaced. In the order of the text, as aliases stand for
 * what was marked last. Recurses: the text is nested at most {@link MAX_LEVELS} levels deep.
 * @param levels those above the node
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
      message: `*${source} is inside &${source}, which it stands for, so it has no end. Write the value out.`,
    });
  } else if (levels + height > MAX_LEVELS) {
    problems.push({offset, message: `what *${source} stands for ${TOO_DEEP}`});
    return 0; // once is enough
  }
  return typeof height === 'number' ? height : 0;
}

/** Aliases of aliases grow by multiplication. The library stops them. */
function findAliasBomb(document: Document.Parsed): OffsetProblem[] {
  try {
    document.toJS();
    return [];
  } catch (error) {
    const why = messageOf(error);
    if (why.startsWith('Merge sources')) return [{offset: 0, message: 'a merge key (<<) takes a mapping or its alias'}];
    return [{offset: 0, message: `the aliases (*) stand for too much: ${why}. Write it out.`}];
  }
}
