/** The scenario of the demo, and the check of its results. */

import {randomBytes} from 'node:crypto';
import {showValue} from '../base/text/show.ts';
import {decodeClientPayload} from '../change/payload/client-payload.ts';
import {postWebhook, type RelayAnswer} from '../cli/send/post-webhook.ts';
import type {CliWorld} from '../cli/shared/world.ts';
import type {Line} from '../ui/terminal.ts';
import {
  type CatalogChange,
  CPU_RISES,
  DEGRADES,
  DEGRADES_AGAIN,
  MEMORY_RISES,
  RECOVERS,
  webhookBody,
} from './catalog.ts';
import {parseRecord} from './decisions.ts';
import type {DemoEnvironment} from './environment.ts';
import type {EndedRun, History, RecordedRun} from './history.ts';
import type {ScreenContext} from './terminal/layout.ts';
import {renderExchange, renderHeading} from './terminal/screen.ts';
import {renderRunScreen} from './terminal/screen-run.ts';

export interface ScenarioStep {
  readonly title: string;
  readonly change: CatalogChange;
  readonly expected: Result;
}

/** The results of a change that the demo checks. */
export interface Result {
  readonly status: number;
  /** The rules that matched. */
  readonly rules: readonly string[];
  /** For example `remediation done`. */
  readonly reactions: readonly string[];
  /** The number of messages that Slack accepted. */
  readonly messages: number;
}

const NOTHING = {rules: [], reactions: [], messages: 0};

export const SCENARIO: readonly ScenarioStep[] = [
  {
    title: 'A deployment degrades',
    change: DEGRADES,
    expected: {
      status: 202,
      rules: ['health-changed', 'deployment-degraded'],
      reactions: ['notification done', 'notification done', 'remediation done'],
      messages: 2,
    },
  },
  {
    title: 'The same webhook again: a second delivery',
    change: DEGRADES,
    expected: {
      status: 202,
      rules: ['health-changed', 'deployment-degraded'],
      reactions: ['notification skipped', 'notification skipped', 'remediation skipped'],
      messages: 0,
    },
  },
  {
    title: 'The CPU of a database rises above 80 %',
    change: CPU_RISES,
    expected: {
      status: 202,
      rules: ['database-cpu-high'],
      reactions: ['notification done', 'remediation done'],
      messages: 2,
    },
  },
  {
    title: 'A change that no rule matches',
    change: MEMORY_RISES,
    expected: {status: 200, ...NOTHING},
  },
  {
    title: 'The deployment is healthy again',
    change: RECOVERS,
    expected: {
      status: 202,
      rules: ['health-changed'],
      reactions: ['notification done', 'notification done'],
      messages: 1,
    },
  },
  {
    title: 'It degrades again, within the cooldown of its script',
    change: DEGRADES_AGAIN,
    expected: {
      status: 202,
      rules: ['health-changed', 'deployment-degraded'],
      reactions: ['notification done', 'notification done', 'remediation skipped'],
      messages: 1,
    },
  },
];

/** Enough for the scripts of the scenario. */
const RUN_TIMEOUT_MS = 60_000;

export interface ScenarioDeps extends Pick<CliWorld, 'fetch' | 'now'> {
  readonly secret: string;
  readonly write: (lines: readonly Line[]) => void;
  readonly context: () => ScreenContext;
}

/** @returns the differences from the expected results, as sentences */
export async function runScenario({history, relayUrl}: DemoEnvironment, deps: ScenarioDeps): Promise<string[]> {
  const different: string[] = [];
  const sent = new Map<CatalogChange, string>();
  for (const [index, {title, change, expected}] of SCENARIO.entries()) {
    const name = `${index + 1}/${SCENARIO.length}  ${title}`;
    deps.write(renderHeading(name, deps.context()));
    const known = history.runs.length;
    const answer = await send(change, {sent, url: `${relayUrl}/webhooks/port`}, deps);
    const run = answer.status === 202 ? await endOf(idOf(answer), known, history) : undefined;
    if (run !== undefined) deps.write(renderRunScreen(run, run.ended, deps.context()));
    different.push(...differencesFrom(expected, resultOf(answer, run?.ended)).map(what => `${name}: ${what}`));
  }
  return different;
}

interface Webhooks {
  /** The request bodies by change. If a change is sent twice, the second delivery has the same bytes. */
  readonly sent: Map<CatalogChange, string>;
  /** The relay's webhook URL. */
  readonly url: string;
}

async function send(change: CatalogChange, {sent, url}: Webhooks, deps: ScenarioDeps): Promise<RelayAnswer> {
  const startedAtMs = deps.now();
  const runId = `r_${randomBytes(8).toString('hex')}`; // the length of Port's IDs
  const body = sent.get(change) ?? JSON.stringify(webhookBody(change, new Date(startedAtMs).toISOString(), runId));
  sent.set(change, body);
  const answer = await postWebhook({url, body, secret: deps.secret}, deps);
  const {entity, property, properties, to} = change;
  const what = `${entity}: ${property} ${showValue(properties[property])} → ${showValue(to)}`;
  deps.write(
    renderExchange({what, bytes: Buffer.byteLength(body), answer, tookMs: deps.now() - startedAtMs}, deps.context()),
  );
  return answer;
}

function idOf({answer}: RelayAnswer): unknown {
  return typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined;
}

type Ended = RecordedRun & {ended: EndedRun};

/**
 * Waits for the run that decided on the change. Undefined if it does not end in time.
 * @param known the number of runs before it
 */
async function endOf(changeId: unknown, known: number, history: History): Promise<Ended | undefined> {
  const find = ({runs}: History) =>
    runs
      .slice(known)
      .filter(isEnded)
      .find(run => holds(run, changeId));
  return await history.until(find, RUN_TIMEOUT_MS);
}

function isEnded(run: RecordedRun): run is Ended {
  return run.ended !== undefined;
}

function holds({dispatch}: RecordedRun, changeId: unknown): boolean {
  return decodeClientPayload(dispatch.payload).changes.some(({id}) => id === changeId);
}

function resultOf({status}: RelayAnswer, ended: EndedRun | undefined): Result {
  if (ended === undefined) return {status, ...NOTHING};
  const decisions = parseRecord(ended.record);
  return {
    status,
    rules: decisions.flatMap(({rules}) => rules.filter(({matched}) => matched).map(({rule}) => rule)),
    reactions: decisions.flatMap(({reactions}) => reactions.map(({kind, status}) => `${kind} ${status}`)),
    messages: ended.posts.filter(post => post.status === 200).length,
  };
}

/** The differences from the scenario: `rules: none instead of health-changed`. */
export function differencesFrom(expected: Result, actual: Result): string[] {
  const keys = Object.keys(expected) as (keyof Result)[];
  return keys
    .filter(key => show(expected[key]) !== show(actual[key]))
    .map(key => `${key}: ${show(actual[key])} instead of ${show(expected[key])}`);
}

function show(value: Result[keyof Result]): string {
  return typeof value === 'number' ? String(value) : value.join(', ') || 'none';
}
