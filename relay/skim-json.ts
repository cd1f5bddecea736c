/**
 * Parse, the quick way: JSON as bytes → the same JSON without the properties and relations that nothing reads. They are most
 * of a large entity, and to make values of them costs more than all the rest of a webhook. Pure.
 */
import {isAscii} from 'node:buffer';
import {type ReadNames, readNames} from './read-names.ts';
import {LEFT_TO_PARSER, type Part, Skimmer} from './skimmer.ts';

/** JSON without what nothing reads of the objects named `before` and `after`. Of an entity, a change has four members. */
export interface Skimmed {
  /** Of properties and relations, those that are read. */
  readonly read: () => string;
  /** Of properties and relations, those that are read, and those that have other bytes on the other side. */
  readonly readOrChanged: () => string;
}

/**
 * What is left out is checked like the rest, so that a result is returned only for what `JSON.parse` takes.
 * @returns undefined if this reader leaves the text to the parser: it is not JSON, or it is unusual
 */
export function skimJson(bytes: Buffer, names: ReadNames): Skimmed | undefined {
  try {
    const sides = new Skimmer(bytes, names, OF_ENTITY).skim();
    return {
      read: () => render(bytes, sides, ({read}) => read),
      readOrChanged: () => render(bytes, sides, readOrChanged),
    };
  } catch (error) {
    if (error === LEFT_TO_PARSER) return undefined;
    throw error;
  }
}

const OF_ENTITY = readNames(['title', 'team', 'properties', 'relations']);

function readOrChanged({starts, read, same}: Part): number[] {
  const all = [...starts.slice(1).keys()];
  return all.filter(member => read.includes(member) || !same.some(([from, to]) => member >= from && member < to));
}

function render(bytes: Buffer, sides: readonly Part[], keptOf: (part: Part) => readonly number[]): string {
  const encoding = encodingOf(bytes);
  const kept: string[] = [];
  let doneTo = 0;
  const keepTo = (end: number) => {
    kept.push(bytes.toString(encoding, doneTo, end));
  };
  const keepMembers = (part: Part) => {
    const {starts, inner} = part;
    const endOf = (member: number) => (starts[member + 1] as number) - 1; // at the comma, or at the closing brace
    keepTo(starts[0] as number);
    for (const [index, member] of keptOf(part).entries()) {
      if (index > 0) kept.push(',');
      doneTo = starts[member] as number;
      const within = inner.find(one => one.member === member);
      if (within !== undefined) keepMembers(within.part);
      keepTo(endOf(member));
    }
    doneTo = endOf(starts.length - 2);
  };
  for (const side of sides) keepMembers(side);
  keepTo(bytes.length);
  return kept.join('');
}

/** How to decode bytes. Most messages are ASCII, which is decoded ten times faster if the decoder knows. */
export function encodingOf(bytes: Buffer): 'latin1' | 'utf8' {
  return isAscii(bytes) ? 'latin1' : 'utf8';
}
