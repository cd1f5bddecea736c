/** Dispatched changes, one at a time: the time that the relay adds to GitHub's answer. */
import {openRawClient} from '../test/helpers/processes/raw-client.ts';
import {startFaultyGitHub} from '../test/helpers/servers/faulty-github.ts';
import {healthChange, toRequest} from './messages.ts';
import {startRelay} from './servers.ts';
import {quantile} from './stats.ts';
import {round, type Section} from './table.ts';

export async function benchDispatched(): Promise<Section> {
  const fast = await measure(0, 200);
  const slow = await measure(300, 20);
  const cells = (values: readonly number[]) => [
    `${round(quantile(values, 0.5))} ms`,
    `${round(quantile(values, 0.99))} ms`,
  ];
  return {
    title: 'Dispatched changes',
    method:
      'Changes are sent one at a time through an idle relay. Added is the hold minus the time of GitHub, including both ways over the loopback.',
    head: ['GitHub answers', 'held, p50', 'held, p99', 'added, p50', 'added, p99', 'target'],
    rows: [
      ['at once', ...cells(fast.held), ...cells(fast.added), 'added < 5 ms'],
      ['after 300 ms', ...cells(slow.held), ...cells(slow.added), 'added < 5 ms'],
    ],
  };
}

async function measure(answerMs: number, count: number): Promise<{held: number[]; added: number[]}> {
  const github = await startFaultyGitHub(() => ({accepts: true, answer: {status: 204}, afterMs: answerMs}));
  const relay = await startRelay(github.url, {REACTOR_MAX_DISPATCHES_PER_MINUTE: '1000'});
  const client = await openRawClient(relay.port);
  const held: number[] = [];
  const added: number[] = [];
  for (let n = 0; n < count; n++) {
    const request = toRequest(JSON.stringify(healthChange(`service-${n}`, n)), Date.now());
    const sentAt = performance.now();
    const {status} = await client.send(request);
    const heldMs = performance.now() - sentAt;
    const entry = github.ledger.at(-1);
    if (status !== 202 || entry?.endedAt === undefined) throw new Error(`The relay answered ${status}`);
    if (n < count / 10) continue; // a warm-up round
    held.push(heldMs);
    added.push(heldMs - (entry.endedAt - entry.arrivedAt));
  }
  client.close();
  await relay.stop();
  await github.close();
  return {held, added};
}
