/** Runs the checks of `doctor`: one for each hop, all in parallel, each with a time limit. */
import {redact} from '../../secrets/redact.ts';
import type {CliWorld} from '../shared/world.ts';
import {type Clocks, clockFindings, recordClocks} from './checks/clocks.ts';
import {type Examination, gather} from './facts.ts';
import {examined, type Finding, HOPS, type HopFinding, type HopName} from './finding.ts';
import {checksOfGitHub} from './github-hops.ts';
import {checksOfPort} from './port-hops.ts';
import {withTimeLimit} from './time-limit.ts';

/** The time limit of one check. */
const LIMIT_MS = 25_000;

type World = Pick<CliWorld, 'fetch' | 'sleep' | 'now'>;

export interface Examined {
  /** In the order of {@link HOPS}. */
  readonly checks: readonly HopFinding[];
  /** The webhook URL of the relay, if it is known. */
  readonly url: string | undefined;
  readonly clocks: Clocks;
}

/** Never rejects: an error in a check becomes a finding. The findings are in the order of {@link HOPS}. */
export async function examine(question: Examination, world: World): Promise<Examined> {
  const clocks = recordClocks(world.fetch, world.now);
  const deps = () => ({...withTimeLimit({fetch: clocks.fetch, sleep: world.sleep}, LIMIT_MS), now: world.now});
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

/** Masks secrets in the findings, in case a server echoes them. */
export function withoutSecrets(checks: readonly HopFinding[], secrets: readonly string[]): readonly HopFinding[] {
  return checks.map(check => ({
    ...check,
    sentence: redact(check.sentence, secrets),
    ...(check.fix === undefined ? {} : {fix: redact(check.fix, secrets)}),
  }));
}
