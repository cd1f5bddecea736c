/** Runs the drill if the checks before it passed, and returns its result as another check. */
import type {CliWorld} from '../../shared/world.ts';
import type {Examined} from '../examine.ts';
import {blockedBy, type Finding, type HopFinding, type HopName, notChecked} from '../finding.ts';
import {createGitHubReader} from '../github-api.ts';
import type {DoctorSettings} from '../settings.ts';
import {type DrillResult, drill} from './drill.ts';

export interface Drilled {
  readonly checks: readonly HopFinding[];
  /** Absent if the drill was not sent. */
  readonly drill?: Omit<DrillResult, 'finding'>;
}

/** If one of these checks failed, the drill would fail too, with a less helpful message. */
const NEEDED: readonly HopName[] = ['relay', 'signature', 'dispatch'];

export async function runDrill(settings: DoctorSettings, examined: Examined, world: CliWorld): Promise<Drilled> {
  const {checks, url, clocks} = examined;
  const {value: secret} = settings.secret;
  const {value: github} = settings.github;
  const broken = NEEDED.find(hop => checks.some(check => check.hop === hop && check.status === 'failed'));
  if (broken !== undefined) return unsent(blockedBy(broken));
  if (url === undefined) return unsent(blockedBy('relay'));
  if (secret === undefined) return unsent(blockedBy('signature'));
  if (github === undefined) return unsent(notChecked('set GITHUB_REPOSITORY and GITHUB_TOKEN to follow the run'));
  const api = createGitHubReader(github, clocks.fetch);
  const question = {url, secret, api, aheadMs: () => clocks.aheadMs(github.apiUrl)};
  const {finding, ...result} = await drill(question, {fetch: clocks.fetch, now: world.now, sleep: world.sleep});
  return {checks: [{hop: 'drill', ...finding}], drill: result};
}

function unsent(finding: Finding): Drilled {
  return {checks: [{hop: 'drill', ...finding}]};
}
