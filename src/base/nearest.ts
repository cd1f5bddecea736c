/** The word that was probably meant. */
import {distance} from 'fastest-levenshtein';

/** The candidate nearest to the word, if it is near enough to be a slip: a third of its letters, or only letter case. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map(candidate => ({
    candidate,
    slips: slipsBetween(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const best = scored.toSorted((a, b) => a.slips - b.slips)[0];
  return best && best.slips <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Two neighbours that changed places are one slip of the fingers, though two edits. */
function slipsBetween(word: string, candidate: string): number {
  const first = word.split('').findIndex((letter, index) => letter !== candidate[index]);
  const [a = '', b = ''] = word.slice(first).split('');
  return first !== -1 && word.slice(0, first) + b + a + word.slice(first + 2) === candidate
    ? 1
    : distance(word, candidate);
}

/** `. Did you mean "x"?` if a candidate is near, else `. Use one of ….` Empty without candidates. */
export function suggest(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  if (near !== undefined) return `. Did you mean "${near}"?`;
  const [only, ...others] = candidates;
  if (only === undefined) return '';
  return others.length === 0 ? `. Use ${only}.` : `. Use one of ${candidates.join(', ')}.`;
}

/** Whether the word may be right because the word that it is compared with is the mistake. @param doubtful words known to be wrong */
export function mayBeRight(word: string, candidates: readonly string[], doubtful: readonly string[]): boolean {
  const near = nearest(word, candidates);
  return near === undefined ? candidates.some(one => doubtful.includes(one)) : doubtful.includes(near);
}
