/** The story of `doctor`: every hop is examined by itself, all at the same time, each with a limit of time. */
import {redact} from '../../secrets/redact.ts';
import type {CliWorld} from '../shared/world.ts';
import {type Clocks, clockFindings, watchClocks} from './clocks.ts';
import {type Examination, gather} from './facts.ts';
import {examined, type Finding, HOPS, type HopFinding, type HopName} from './finding.ts';
import {checksOfGitHub} from './hops-of-github.ts';
import {checksOfPort} from './hops-of-port.ts';
import {limited} from './limited.ts';

/** Of one check. */
const LIMIT_MS = 25_000;

type World = Pick<CliWorld, 'fetch' | 'sleep' | 'now'>;

export interface Examined {
  /** In the order of {@link HOPS}. */
  readonly checks: readonly HopFinding[];
  /** Where the relay takes webhooks, if that is known. */
  readonly url: string | undefined;
  readonly clocks: Clocks;
}

/** Never rejects: a check that breaks is a finding. The checks come in the order of {@link HOPS}. */
export async function examine(question: Examination, world: World): Promise<Examined> {
  const clocks = watchClocks(world.fetch, world.now);
  const deps = () => ({...limited({fetch: clocks.fetch, sleep: world.sleep}, LIMIT_MS), now: world.now});
  const facts = gather(question, deps);
  const hops: Checks = {...checksOfPort(question, facts, deps), ...checksOfGitHub(question, facts, deps)};
  const running = Object.entries(hops).map(([hop, check]) => examined(hop as HopName, check));
  const found = (await Promise.all(running)).flat();
  const url = await facts.url;
  const all = [...found, ...(await examined('clock', async () => clockFindings(aheadIn(clocks, question, url))))];
  const order = Object.keys(HOPS);
  const checks = all.toSorted((a, b) => order.indexOf(a.hop) - order.indexOf(b.hop));
  return {checks, url, clocks};
}

function aheadIn(clocks: Clocks, {settings: {port, github}}: Examination, url: string | undefined) {
  return {
    relay: clocks.aheadMs(url),
    port: clocks.aheadMs(port.value?.apiUrl),
    github: clocks.aheadMs(github.value?.apiUrl),
  };
}

type Checks = {readonly [hop in Exclude<HopName, 'clock' | 'drill'>]: () => Promise<readonly Finding[]>};

/** The checks without what must not be shown, whoever echoed it. */
export function withoutSecrets(checks: readonly HopFinding[], secrets: readonly string[]): readonly HopFinding[] {
  return checks.map(check => ({
    ...check,
    sentence: redact(check.sentence, secrets),
    ...(check.fix === undefined ? {} : {fix: redact(check.fix, secrets)}),
  }));
}
