/** Parse: limits the nesting depth of a YAML file, because the code that reads its content is recursive. */
import type {CST} from 'yaml';
import {MAX_DEPTH} from '../../base/json.ts';

/** An inline event of a rule test contains a change, whose values can have {@link MAX_DEPTH} levels. */
export const MAX_LEVELS = 2 * MAX_DEPTH;

export const TOO_DEEP = `is nested more than ${MAX_LEVELS} levels deep. Check for unclosed brackets, or reduce the nesting.`;

/** The offset of the first collection that is nested too deeply. Undefined if no collection is. Not recursive. */
export function findTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const waiting = tokens.map(token => ({token, levels: 0})).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const {token, levels} = next;
    if (isCollection(token) && levels >= MAX_LEVELS) return token.offset;
    const inner = childrenOf(token).map(child => ({token: child, levels: levels + (isCollection(token) ? 1 : 0)}));
    waiting.push(...inner.toReversed());
  }
  return undefined;
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!isCollection(token)) return [];
  return token.items.flatMap(({key, value}) => [...(key ? [key] : []), ...(value ? [value] : [])]);
}

function isCollection(token: CST.Token): token is CST.BlockMap | CST.BlockSequence | CST.FlowCollection {
  return 'items' in token;
}
