/**
 * Parse, the quick way: JSON as bytes → the same JSON without the properties and relations that nothing reads. They are most
 * of a large entity, and to make values of them costs more than all the rest of a webhook. Pure.
 */
import {isAscii} from 'node:buffer';
import {type ReadNames, readNames} from './read-names.ts';
import {LEFT_TO_PARSER, type SkimmedPart, Skimmer} from './skimmer.ts';

export interface Skimmed {
  readonly text: string;
  /** Whether all that changed is in the text. */
  readonly hasAllChanged: boolean;
}

const OF_ENTITY = readNames(['title', 'team', 'properties', 'relations']);

/**
 * JSON without what nothing reads of the objects named `before` and `after`. Of an entity, a change has four members. Of its
 * properties and relations, those are kept that are read, and, if the message has no `runId`, those that have other bytes on
 * the other side: the id of the change is then made from them.
 *
 * What is left out is checked like the rest, so that a result is returned only for what `JSON.parse` takes.
 * @returns undefined if this reader leaves the text to the parser: it is not JSON, or it is unusual
 */
export function skimJson(bytes: Buffer, names: ReadNames): Skimmed | undefined {
  const skimmer = new Skimmer(bytes, names, OF_ENTITY);
  try {
    const sides = skimmer.skim();
    const hasAllChanged = !skimmer.hasRun;
    return {text: render(bytes, sides, hasAllChanged), hasAllChanged};
  } catch (error) {
    if (error === LEFT_TO_PARSER) return undefined;
    throw error;
  }
}

function render(bytes: Buffer, sides: readonly SkimmedPart[], withChanged: boolean): string {
  const encoding = encodingOf(bytes);
  let text = '';
  let doneTo = 0;
  const keepTo = (end: number) => {
    text += bytes.toString(encoding, doneTo, end);
  };
  const keepMembers = ({members, inner}: SkimmedPart) => {
    keepTo(members.begin);
    let isFirst = true;
    for (let place = 0; place < members.length; place++) {
      if (!members.isRead(place) && !(withChanged && members.isChanged(place))) continue;
      if (!isFirst) text += ',';
      isFirst = false;
      doneTo = members.startOf(place);
      const within = partAt(inner, place);
      if (within !== undefined) keepMembers(within);
      keepTo(members.endOf(place) - 1);
    }
    doneTo = members.end - 1;
  };
  for (const side of sides) keepMembers(side);
  keepTo(bytes.length);
  return text;
}

/** Not within the loop: a closure there would be made for each member. */
function partAt(inner: SkimmedPart['inner'], place: number): SkimmedPart | undefined {
  return inner.find(({member}) => member === place)?.part;
}

/** How to decode bytes. Most messages are ASCII, which is decoded ten times faster if the decoder knows. */
export function encodingOf(bytes: Buffer): 'latin1' | 'utf8' {
  return isAscii(bytes) ? 'latin1' : 'utf8';
}
