/** A storm on a clock moved by hand: what an hour of incident would do, in a second. */
import {describe, expect, test} from '@jest/globals';
import {createDispatch} from '../../relay/dispatch.ts';
import {MAX_PAYLOAD_BYTES} from '../../src/change/client-payload.ts';
import {transitionOf} from '../../src/change/transition.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/a-change.ts';
import {createHandClock} from '../helpers/hand-clock.ts';
import {createAGitHub, ok} from './a-github.ts';
import {aSilentObserver} from './test-relay.ts';

const HOLD_MS = 8_000;
const rules = parseRules(
  'version: 1\nrules: [{name: health, blueprint: deploymentConfig, property: healthStatus, notify: true}]',
  'rules.yml',
);

/** Changes that come evenly over a time, from senders that come again when they are told to. */
async function storm({changes, entities, overMs}: {changes: number; entities: number; overMs: number}) {
  const clock = createHandClock();
  const startMs = clock.now();
  const {github, asked} = createAGitHub(clock, () => ok);
  const dispatch = createDispatch(
    {
      repository: {owner: 'acme', name: 'operations'},
      eventType: 'port-catalog-change',
      partitions: 8,
      dispatchesPerMinute: 60,
      ackTimeoutMs: HOLD_MS,
    },
    {github, clock, random: () => 0.5, observer: aSilentObserver()},
  );
  const acceptedAtMs = new Map<string, number>();
  let sentAway = 0;
  const send = async (n: number): Promise<void> => {
    const change = aChange({
      entity: `deployment-${n % entities}`,
      runId: `r_${n}`,
      properties: {cpuUtil: n % 100, notes: 'x'.repeat(200), newRelicUrl: 'https://newrelic.example.com/'},
    });
    const sentAtMs = clock.now();
    const outcome = await dispatch({
      change,
      transition: transitionOf(change, 'healthStatus'),
      rules,
      timeoutMs: HOLD_MS,
    });
    expect(clock.now() - sentAtMs).toBeLessThanOrEqual(HOLD_MS);
    if (outcome.kind === 'accepted') acceptedAtMs.set(change.id, clock.now() - startMs);
    if (outcome.kind !== 'retryable') return;
    sentAway++;
    clock.after(outcome.retryAfterSeconds * 1000, () => void send(n));
  };
  for (let n = 0; n < changes; n++) clock.after((n * overMs) / changes, () => void send(n));
  for (let minute = 0; minute < 60 && acceptedAtMs.size < changes; minute++) await clock.pass(60_000);
  return {asked, acceptedAtMs, sentAway, startMs};
}

const CHANGES = 10_000;

describe('a storm', () => {
  test('of ten times what the budget carries is accepted in the end, by dispatches that are full', async () => {
    const {asked, acceptedAtMs, sentAway} = await storm({changes: CHANGES, entities: 2_000, overMs: 60_000});
    expect(acceptedAtMs.size).toBe(CHANGES);
    const dispatched = new Set(asked.flatMap(({changes}) => changes.map(({id}) => id)));
    expect(dispatched.size).toBe(CHANGES);
    const times = asked.map(({atMs}) => atMs);
    const perMinute = times.map(start => times.filter(time => time >= start && time < start + 60_000).length);
    expect(Math.max(...perMinute)).toBeLessThanOrEqual(60);
    // After those that went at once, and but for the last of each partition.
    const pressed = asked.slice(15, -8).map(({bytes}) => bytes / MAX_PAYLOAD_BYTES);
    const meanFill = pressed.reduce((sum, fill) => sum + fill, 0) / pressed.length;
    expect(meanFill).toBeGreaterThan(0.87);
    // Sent away no more often than a few times each: what they are told is true.
    expect(sentAway / CHANGES).toBeLessThan(3);
  });
});
