/** Memory: the first line of a commit message. It contains no text of the catalog. Pure. */
import type {Topic} from './format/format.ts';
import type {Reaction} from './reactions.ts';

const WORDS: readonly (readonly [string, readonly Topic[]])[] = [
  ['opened', ['firing']],
  ['reopened', ['reopened']],
  ['updated', ['update']],
  ['recovered', ['recovered']],
  ['deleted', ['deleted']],
  ['flapping', ['flapping', 'stable']],
  ['still open', ['reminder', 'escalation', 'not-recovered', 'gave-up', 'outcome-unknown']],
];

/** "2 opened, 1 recovered" */
export function commitHeadline(reactions: readonly Reaction[]): string {
  const parts = WORDS.map(([word, kinds]) => {
    const n = reactions.filter(one => one.kind === 'notify' && kinds.includes(one.topic)).length;
    return n === 0 ? '' : `${n} ${word}`;
  });
  return parts.filter(part => part !== '').join(', ') || 'Nothing to report';
}
