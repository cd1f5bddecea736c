/** Backtest: parses the list of incidents that every version of the rules must report, and checks them. Pure. */
import * as z from 'zod/mini';
import type {Change} from '../change/change.ts';
import type {Topic} from '../memory/format/format.ts';
import {parseInstant} from '../rules/values/instant.ts';
import {List, Text, typeMessage} from '../rules/written/written-values.ts';
import {type Loaded, loadYaml, type Place, type Reading} from '../rules/yaml/load-yaml.ts';
import {openYaml} from '../rules/yaml/parse-yaml.ts';
import {explainIssue} from '../rules/yaml/schema-problems.ts';
import type {SentMessage} from './sent-message.ts';

/** The default path of the list. */
export const PROTECTED_FILE = '.github/port-reactor.protected.yml';

export interface ProtectedIncident {
  readonly entity: string;
  readonly blueprint?: string | undefined;
  /** Default: any rule. */
  readonly rule?: string | undefined;
  /** The start of the incident, as in the file. */
  readonly at: string;
  /** At least one of these destinations must receive a message. Default: any destination. */
  readonly slack?: readonly string[];
  readonly reason?: string | undefined;
  readonly place: Place;
}

const {optional} = z;
const At = Text.check(
  z.refine(
    text => parseInstant(text) !== undefined,
    'must be a date and time with a time zone, for example 2026-11-03T04:12:00Z',
  ),
);
const Written = z.strictObject(
  {
    entity: Text,
    blueprint: optional(Text),
    rule: optional(Text),
    at: At,
    slack: optional(List(Text)),
    reason: optional(Text),
  },
  typeMessage('a mapping, for example `{ entity: orders-db, at: 2026-11-03T04:12:00Z }`'),
);
const WrittenFile = z.strictObject({version: z.literal(1, 'must be 1'), protected: z.array(Written)});

const KEYS: readonly string[] = ['entity', 'blueprint', 'rule', 'at', 'slack', 'reason'];
const VOCABULARY = {
  isKey: (key: string) => [...KEYS, 'version', 'protected'].includes(key),
  keysAt: (path: readonly PropertyKey[]) => (path.length === 0 ? ['version', 'protected'] : [...KEYS]),
};

/**
 * Never throws.
 * @returns the whole list, or every mistake with its place
 */
export function loadProtected(text: string, file: string): Loaded<ProtectedIncident[]> {
  const words = {
    file,
    summary: (mistakes: string) => `The protected incidents ${file} have ${mistakes}:`,
    needs: '`version: 1` and `protected:`',
  };
  return loadYaml(openYaml(text), words, (json, {placeOf}): Reading<ProtectedIncident[]> => {
    const parsed = WrittenFile.safeParse(json);
    if (!parsed.success) return {problems: parsed.error.issues.flatMap(issue => explainIssue(issue, json, VOCABULARY))};
    const incidents = parsed.data.protected.map(({slack, ...rest}, index) => ({
      ...rest,
      ...(slack === undefined ? {} : {slack: [slack].flat()}),
      place: placeOf(['protected', index]),
    }));
    return {value: incidents, problems: []};
  });
}

export interface ProtectedResult {
  readonly incident: ProtectedIncident;
  /** `unknown`: the recording does not contain a change of the entity at that time. */
  readonly status: 'reported' | 'lost' | 'unknown';
}

/** The time in the list can differ from the recording by seconds. */
const TOLERANCE_MS = 60_000;
const BEGINNINGS: readonly Topic[] = ['firing', 'reopened', 'update', 'flapping'];

/** Checks a stream of changes and messages. */
export class Protection {
  readonly #incidents: readonly (ProtectedIncident & {readonly atMs: number})[];
  readonly #happened = new Set<ProtectedIncident>();
  readonly #reported = new Set<ProtectedIncident>();

  constructor(incidents: readonly ProtectedIncident[]) {
    this.#incidents = incidents.map(incident => ({...incident, atMs: parseInstant(incident.at) ?? Number.NaN}));
  }

  addChange({entity, blueprint, at}: Change): void {
    for (const incident of this.#of(entity, blueprint)) {
      if (Math.abs(Date.parse(at) - incident.atMs) <= TOLERANCE_MS) this.#happened.add(incident);
    }
  }

  addMessage({entity, blueprint, destination, entries}: SentMessage): void {
    for (const incident of this.#of(entity, blueprint)) {
      const {atMs, rule, slack} = incident;
      if (slack !== undefined && !slack.includes(destination)) continue;
      const isReport = entries.some(
        entry =>
          Math.abs(entry.sinceMs - atMs) <= TOLERANCE_MS &&
          (rule === undefined || entry.rule === rule) &&
          BEGINNINGS.includes(entry.report),
      );
      if (isReport) this.#reported.add(incident);
    }
  }

  finish(): ProtectedResult[] {
    return this.#incidents.map(incident => ({
      incident,
      status: this.#reported.has(incident) ? 'reported' : this.#happened.has(incident) ? 'lost' : 'unknown',
    }));
  }

  #of(entity: string, blueprint: string) {
    return this.#incidents.filter(one => one.entity === entity && (one.blueprint ?? blueprint) === blueprint);
  }
}

/** `orders-db at 2026-11-03T04:12:00Z`, with the other conditions of the item. */
export function describeProtected({entity, at, rule, slack, reason}: ProtectedIncident): string {
  const details = [
    ...(rule === undefined ? [] : [`by ${rule}`]),
    ...(slack === undefined ? [] : [`to ${slack.join(' or ')}`]),
    ...(reason === undefined ? [] : [reason]),
  ];
  return `${entity} at ${at}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}
