/** Finds the word that was probably intended. */
import {distance} from 'fastest-levenshtein';

/** The nearest candidate, if it is close enough to be a typo: at most a third of its letters differ, or only the case does. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map(candidate => ({
    candidate,
    typos: countTypos(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const best = scored.toSorted((a, b) => a.typos - b.typos)[0];
  return best && best.typos <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Two swapped neighbors count as one typo, although they are two edits. */
function countTypos(word: string, candidate: string): number {
  const first = word.split('').findIndex((letter, index) => letter !== candidate[index]);
  const [a = '', b = ''] = word.slice(first).split('');
  return first !== -1 && word.slice(0, first) + b + a + word.slice(first + 2) === candidate
    ? 1
    : distance(word, candidate);
}

/** `. Did you mean "x"?` if a candidate is near, otherwise `. Use one of ….` Empty without candidates. */
export function suggest(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  if (near !== undefined) return `. Did you mean "${near}"?`;
  const [only, ...others] = candidates;
  if (only === undefined) return '';
  return others.length === 0 ? `. Use ${only}.` : `. Use one of ${candidates.join(', ')}.`;
}

/**
 * Whether the word may be correct because the word that it is compared with is the mistake.
 * @param reported words known to be incorrect
 */
export function mayBeCorrect(word: string, candidates: readonly string[], reported: readonly string[]): boolean {
  const near = nearest(word, candidates);
  return near === undefined ? candidates.some(one => reported.includes(one)) : reported.includes(near);
}
