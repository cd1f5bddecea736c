/** Act: notifications, remediations and the incident memory, or a preview of them in a dry run. */
import {act, plannedOutcomes} from '../act/act.ts';
import {reportBack} from '../act/port/report-back.ts';
import {settledOf} from '../act/settled.ts';
import type {Mistakes} from '../act/slack/message/mistakes.ts';
import type {MessageContext} from '../act/slack/message/notification.ts';
import {notifyMistakes} from '../act/slack/notify-mistakes.ts';
import {createSlack} from '../act/slack/post/slack.ts';
import {createMembersOf} from '../act/slack/thread-members.ts';
import type {MembersOf} from '../act/slack/threads.ts';
import type {World} from '../base/deps.ts';
import type {Run} from '../base/run.ts';
import type {Change} from '../change/change.ts';
import {isDrill} from '../change/drill.ts';
import type {PortClient} from '../clients/port.ts';
import type {DescribedDecision} from '../decide/describe.ts';
import type {Plan} from '../decide/plan.ts';
import {showInPort} from '../incident-view/show-in-port.ts';
import type {MemoryRun} from '../memory/run/memory-run.ts';
import type {Rules} from '../rules/rules.ts';
import type {Inputs} from './inputs.ts';
import type {TimeToNotify} from './time-to-notify.ts';

/** The decisions of a run, and the dependencies to act on them. */
export interface Work {
  readonly rules: Rules;
  readonly decisions: readonly DescribedDecision[];
  readonly planned: Plan;
  readonly context: MessageContext;
  readonly mistakes: Mistakes;
  readonly memory: MemoryRun | undefined;
  readonly inputs: Inputs;
  readonly run: Run;
  readonly port: () => Promise<PortClient | undefined>;
  readonly timing: TimeToNotify;
}

/** Acts, stores the results, and then closes the Port runs that wait for them. */
export async function carryOut(work: Work, world: World) {
  const {rules, decisions, planned, context, mistakes, memory, inputs, run, timing, port: connect} = work;
  const {destinations, secrets, bot} = inputs;
  const port = await connect();
  const slack = createSlack({...world, bot});
  const changes = decisions.map(({change}) => change);
  const membersOf: MembersOf = (...thread) => (memory === undefined ? [] : createMembersOf(memory.known)(...thread));
  const deps = {...world, destinations, secrets, mask: world.core.setSecret, slack, membersOf, port, changes, run};
  const settled = memory?.isIntentFirst ? await memory.confirm() : planned;
  const acting = act(settled, context, {...deps, confirm: memory && (() => memory.confirm())});
  timing.begin(settled);
  const outcomes = await acting;
  const finished = await memory?.finish(settledOf(outcomes, world.now()));

  const viewRemarks = await showIncidents(memory, port, rules);
  const isClock = inputs.mode === 'clock'; // the clock runs every 15 minutes and must not repeat the same mistakes
  const skipsMistakes = isClock || isOnlyDrill(changes, mistakes);
  const unsent = skipsMistakes ? undefined : await notifyMistakes(mistakes, {destinations, slack});
  if (isClock) await memory?.tidy();
  const failures = memory?.failures ?? [];
  const done = {decisions, outcomes, errors: mistakes.errors, failures, runUrl: run.url};
  const unclosed = port === undefined ? [] : await reportBack(done, {port, now: world.now});
  const remarks = [...(memory?.remarks ?? []), ...(unsent === undefined ? [] : [unsent]), ...unclosed, ...viewRemarks];
  return {outcomes, remarks, failures, finished};
}

/** Whether the only change is a drill, which must not notify people. Mistakes make its run red, and `doctor` reports that. */
function isOnlyDrill(changes: readonly Change[], {unreadable}: Mistakes): boolean {
  return changes.length > 0 && unreadable.length === 0 && changes.every(isDrill);
}

/** Updates the entities of the incidents in Port, if the rules configure them. */
async function showIncidents(memory: MemoryRun | undefined, port: PortClient | undefined, {incidents}: Rules) {
  if (memory === undefined || port === undefined || incidents === undefined) return [];
  return showInPort(incidents.blueprint, memory.entities(), port);
}

/** The reactions that would take place. A dry run does not write anything and does not send messages. */
export function previewWork({
  planned,
  context,
  mistakes,
  memory,
  inputs,
  run,
}: Omit<Work, 'rules' | 'decisions' | 'port' | 'timing'>) {
  const outcomes = plannedOutcomes(planned, context, {...inputs, ...run});
  const remarks = [...(memory?.remarks ?? []), ...unsentInDryRun(mistakes)];
  return {outcomes, remarks, failures: memory?.failures ?? [], finished: memory?.preview()};
}

/** The message that the default destination would receive. */
function unsentInDryRun({errors, unreadable}: Mistakes): string[] {
  const what = [
    ...(errors.length === 0 ? [] : ['the rules are broken']),
    ...(unreadable.length === 0 ? [] : ['some changes could not be read']),
  ];
  return what.map(one => `Dry run: would notify the default destination that ${one}.`);
}
