/** Lint: inhibitions that form a cycle, so that possibly none of the incidents is reported. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {mappingIn, mappingsIn, textsAt, type WrittenPart} from '../written.ts';
import {ruleNameOf} from './lint-rules.ts';
import {includesFact, type RuleFacts, ruleFactsOf} from './rule-facts.ts';

/** @param json the rules file, possibly with mistakes */
export function lintInhibit(json: unknown): FoundProblem[] {
  const rules = mappingsIn(json, 'rules').map(({value}) => ruleFactsOf(value, ruleNameOf(value)));
  const items = mappingsIn(json, 'inhibit');
  const edges = items.flatMap(item => edgesOf(item, rules));
  return items.flatMap(item => {
    const cycle = edgesOf(item, rules).flatMap(edge => cycleThrough(edge, edges) ?? []);
    if (cycle.length === 0) return [];
    const message = `forms a cycle: ${cycle.join(' → ')}. These rules can silence each other. Exclude one from \`match\`.`;
    return [{path: item.path, message}];
  });
}

/** `from` inhibits `to`. */
interface Edge {
  readonly from: string;
  readonly to: string;
}

function edgesOf({value}: WrittenPart<JsonObject>, rules: readonly RuleFacts[]): Edge[] {
  const parents = textsAt(mappingIn(value, 'while')['rule'], []).map(text => text.value.trim());
  const match = isObject(value['match']) ? value['match'] : {};
  const held = rules.filter(facts =>
    Object.entries(facts).every(([key, fact]) => match[key] === undefined || includesFact(match[key], fact)),
  );
  return parents.flatMap(from => held.flatMap(({rule}) => (rule === undefined ? [] : [{from, to: rule}])));
}

/** The names on the shortest path from the end of the edge back to its start. Undefined if there is no path. */
function cycleThrough({from, to}: Edge, edges: readonly Edge[]): string[] | undefined {
  const paths: string[][] = [[from, to]];
  const seen = new Set([to]);
  for (const path of paths) {
    const last = path.at(-1);
    if (last === from) return path;
    for (const edge of edges) {
      if (edge.from !== last || seen.has(edge.to)) continue;
      seen.add(edge.to);
      paths.push([...path, edge.to]);
    }
  }
  return undefined;
}
