/** A shard of the largest size, for tests and benchmarks. */
import {emptyMemory, type Incident, type Memory} from '../../src/memory/format/format.ts';
import {minutes} from './a-simulation.ts';

const NOW = minutes(0) / 1000;

/** The size of the contract: 125 incidents and 1,250 keys, 88 KB. */
export function aFullShard(shard: number): Memory {
  const incidents = Array.from(
    {length: 125},
    (_, index): Incident => ({
      id: `A${String(index).padStart(5, '0')}`,
      rule: 'deployment-degraded',
      blueprint: 'deploymentConfig',
      entity: `notification-service-prod-${index}`,
      title: `Notification Service Production ${index}`,
      state: 'open',
      since: NOW - 600,
      at: (NOW - 600) * 1000,
      value: 'Degraded',
      attempts: 1,
      lastRun: NOW - 500,
      verifyAt: NOW + 100,
      escalated: 0,
      turns: [NOW - 600],
      told: {default: {at: NOW - 599, channel: 'C0123456789', ts: '1764331201.000100'}},
      due: NOW + 100,
      run: '12345678901/1',
      firstRun: '12345678900/1',
    }),
  );
  const done = Object.fromEntries(
    Array.from({length: 1250}, (_, index) => [index.toString(16).padStart(16, '0'), NOW - index]),
  );
  return {...emptyMemory(shard, minutes(-100_000)), incidents, done};
}
