/** Compares the automations in Port with those that `init` would create. Each difference is a finding. Pure. */
import {isObject} from '../../../base/json.ts';
import {count} from '../../../base/text/show.ts';
import type {PortObject} from '../../../clients/port.ts';
import type {Rules} from '../../../rules/rules.ts';
import {withoutLogin} from '../../../secrets/secrets.ts';
import {type Automation, MARKER} from '../../init/automation.ts';
import {describeDifference, type SetupDifference, setupDifferences} from '../../init/differences.ts';
import {type OtherAutomation, othersAt} from '../../init/other-automations.ts';
import {type Existing, planSetup, type SetupStep, type Wanted} from '../../init/setup-plan.ts';
import {warningsOf} from '../../init/setup-warnings.ts';
import {shellWord} from '../../shared/input/scalar.ts';
import {advice, type Finding, failed, notChecked, orOk, withFullStop} from '../finding.ts';

export interface AutomationFacts {
  readonly rules: Rules;
  readonly wanted: Wanted;
  readonly existing: Existing;
  /** The relay's address, for commands. */
  readonly relay: string;
}

export function automationFindings({rules, wanted, existing, relay}: AutomationFacts): readonly Finding[] {
  const init = `port-reactor init --relay ${shellWord(relay)}`;
  const steps = new Map(planSetup(wanted, existing).map(step => [step.name, step]));
  const {automations, url} = wanted;
  const found = [
    ...automations.flatMap(automation => {
      const found = existing.automations.get(automation.identifier);
      const object = found !== undefined && 'object' in found ? found.object : undefined;
      return ofAutomation(automation, {step: steps.get(automation.identifier), object}, init);
    }),
    ...ofOthers(wanted, existing, init),
    ...warningsOf(rules, url, existing.blueprints).map(warning => advice(warning)),
  ];
  return orOk(found, `Port has ${count(automations.length, 'automation')} for the rules.`);
}

interface Found {
  readonly step: SetupStep | undefined;
  /** The existing automation in Port. */
  readonly object: PortObject | undefined;
}

function ofAutomation(automation: Automation, {step, object}: Found, init: string): readonly Finding[] {
  const {identifier: name} = automation;
  const what = subjectOf(automation);
  switch (step?.todo) {
    case 'create':
      return [failed(`Port has no automation ${name}, so ${what} are not posted to the relay.`, init)];
    case 'fail':
      return [failed(`${name}: ${withFullStop(step.reason)}`, `Fix this problem. Then: ${init}`)];
    case 'update':
    case 'conflict': {
      const fix = step.todo === 'conflict' ? `${withFullStop(step.reason)} Then: ${init}` : init;
      return setupDifferences(object, automation).flatMap(difference => ofDifference(difference, {name, what, fix}));
    }
    default:
      return [];
  }
}

function subjectOf({trigger: {event}}: Automation): string {
  const {blueprintIdentifier: blueprint, propertyIdentifier: timer} = event;
  return timer === undefined ? `changes of ${blueprint}` : `expiries of the timer ${timer} of ${blueprint}`;
}

interface Named {
  readonly name: string;
  /** What the automation posts. */
  readonly what: string;
  readonly fix: string;
}

/** Differences in title and description have no effect, and are ignored. */
function ofDifference(difference: SetupDifference, {name, what, fix}: Named): Finding[] {
  const {path, existing, wanted} = difference;
  if (path === 'publish') return [failed(`The automation ${name} is disabled, so ${what} are not posted.`, fix)];
  if (path === 'invocationMethod.url') {
    return [
      failed(
        `The automation ${name} posts to ${showAddress(existing)}, not to the relay at ${showAddress(wanted)}.`,
        fix,
      ),
    ];
  }
  const detail = describeDifference(difference);
  if (path.startsWith('trigger.condition')) {
    return [
      failed(`The automation ${name} has an outdated condition, so some ${what} may not be posted. ${detail}`, fix),
    ];
  }
  if (path.startsWith('trigger')) return [failed(`The automation ${name} has an outdated trigger. ${detail}`, fix)];
  if (path.startsWith('invocationMethod')) {
    return [failed(`The automation ${name} does not post in the format of the relay. ${detail}`, fix)];
  }
  return [];
}

function showAddress(address: unknown): string {
  return typeof address === 'string' && URL.canParse(address) ? withoutLogin(address) : 'no address';
}

/** Findings about other automations that post to the relay. */
function ofOthers({automations, url}: Wanted, {listed}: Existing, init: string): Finding[] {
  if (listed === undefined) return [];
  if ('error' in listed) return [notChecked(`Port did not list its automations: ${withFullStop(listed.error)}`)];
  return othersAt(url, listed.automations, automations).flatMap(other => {
    const original = automations.find(({trigger: {event}}) => isSameSubject(event, other));
    const object = listed.automations.find(({identifier}) => identifier === other.identifier);
    if (object?.['publish'] === false) return [];
    if (original !== undefined) return [ofDuplicate(other, original)];
    const leftover = `The automation ${other.identifier} posts changes of ${other.blueprint}, but no rule uses them.`;
    return other.isOurs ? [advice(leftover, `${init} --prune`)] : [];
  });
}

function isSameSubject(event: Automation['trigger']['event'], {blueprint, timer}: OtherAutomation): boolean {
  return event.blueprintIdentifier === blueprint && event.propertyIdentifier === timer;
}

function ofDuplicate({identifier}: OtherAutomation, original: Automation): Finding {
  const sentence = `The automation ${identifier} is a duplicate of ${original.identifier}: ${subjectOf(original)} arrive twice, as two automation runs, so rules react twice.`;
  return failed(sentence, `Delete ${identifier} in Port, or change its URL.`);
}

/** The URL of the automations that `init` created. Undefined if init created no automation, or if their URLs differ. */
export function addressIn(automations: readonly PortObject[]): string | undefined {
  const addresses = automations
    .filter(({description}) => String(description).includes(MARKER))
    .map(({invocationMethod}) => (isObject(invocationMethod) ? invocationMethod['url'] : undefined));
  const [first] = addresses;
  return typeof first === 'string' && addresses.every(address => address === first) ? first : undefined;
}
