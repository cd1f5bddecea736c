/** Runs for the tests of the demo, with defaults for the parts that a test does not set. */
import type {EndedRun, RecordedRun, SlackPost} from '../../src/demo/history.ts';
import type {ScreenContext} from '../../src/demo/terminal/layout.ts';

export const CONTEXT: ScreenContext = {
  repository: 'acme/operations',
  serverUrl: 'http://127.0.0.1:4000',
  nowMs: Date.parse('2026-11-20T12:30:00.000Z'),
  timeZone: 'UTC',
  width: 80,
  pagesUrl: 'file:///out',
  isRealSlack: false,
};

export function aRun(run: Partial<RecordedRun> = {}): RecordedRun {
  return {
    id: 1,
    title: 'notification-service-prod: healthStatus Healthy → Degraded',
    dispatch: {eventType: 'port-catalog-change', payload: {partition: 7}, bytes: 849},
    group: 'port-reactor-partition-7',
    queuedAtMs: Date.parse('2026-11-20T12:28:18.477Z'),
    state: 'success',
    ...run,
  };
}

export function anEnd(ended: Partial<EndedRun> = {}): EndedRun {
  return {
    durationMs: 700,
    endedAtMs: Date.parse('2026-11-20T12:28:19.177Z'),
    exitCode: 0,
    event: {},
    log: [],
    outputs: {outcome: 'reacted'},
    summary: '',
    record: '',
    posts: [],
    ...ended,
  };
}

/** A message of one section. */
export function aPost(mrkdwn: string, post: Partial<SlackPost> = {}): SlackPost {
  const blocks = [{type: 'section', text: {type: 'mrkdwn', text: mrkdwn, verbatim: true}}];
  const atMs = Date.parse('2026-11-20T12:28:18.900Z');
  return {atMs, message: {text: 'On a lock screen', blocks}, status: 200, answer: 'ok', ...post};
}

/** One line of a decision record. */
export function aDecision(
  decision: {rules?: object[]; reactions?: object[]; memory?: object[]; at?: string} = {},
): string {
  const {at = '2026-11-20T12:28:18.477Z', ...rest} = decision;
  const change = {id: 'r_1', entity: 'notification-service-prod', blueprint: 'deploymentConfig', at};
  return `${JSON.stringify({change, rules: [], reactions: [], ...rest})}\n`;
}
