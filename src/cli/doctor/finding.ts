/** The findings of `doctor`: what each hop of the path answered, in a sentence, and what to do about it. */
import {messageOf, ReactorError} from '../../base/errors.ts';

/**
 * `advice`: the path works, and something about it should be better. `not-checked`: what the check needs is missing. Only `failed`
 * makes the command fail.
 */
export type Status = 'ok' | 'failed' | 'advice' | 'not-checked';

export interface Finding {
  readonly status: Status;
  /** What was seen. One line, without a secret. */
  readonly sentence: string;
  /** What to do: a sentence or a command. */
  readonly fix?: string;
}

/** The hops in the order of the path, which is that of the report. */
export const HOPS = {
  rules: 'Rules',
  'port-credentials': 'Port credentials and region',
  automations: 'Port automations',
  'audit-log': 'Port audit log',
  relay: 'Relay',
  signature: 'Signature',
  clock: 'Clocks',
  dispatch: 'Permission to dispatch',
  workflow: 'Workflow on the default branch',
  'workflow-enabled': 'Workflow enabled',
  queue: 'Queue of the workflow',
  memory: 'Incident memory',
  ruleset: 'Rulesets',
  secrets: 'Secrets of the workflow',
  slack: 'Slack destinations',
  drill: 'Drill',
} as const;
export type HopName = keyof typeof HOPS;

/** A finding with its hop. A hop with several faults has several. */
export interface HopFinding extends Finding {
  readonly hop: HopName;
}

export function ok(sentence: string): Finding {
  return {status: 'ok', sentence};
}

export function failed(sentence: string, fix: string): Finding {
  return {status: 'failed', sentence, fix};
}

export function advice(sentence: string, fix?: string): Finding {
  return {status: 'advice', sentence, ...(fix === undefined ? {} : {fix})};
}

/** @param why without a capital letter and a full stop */
export function notChecked(why: string): Finding {
  return {status: 'not-checked', sentence: why};
}

/** What the hop needs of an earlier hop is not known. */
export function waitsFor(hop: HopName): Finding {
  return notChecked(`see ${HOPS[hop]}`);
}

/** The findings, or the sentence if the list is empty. */
export function orOk(findings: readonly Finding[], sentence: string): readonly Finding[] {
  return findings.some(({status}) => status !== 'advice') ? findings : [ok(sentence), ...findings];
}

/**
 * Runs one check. Never rejects: what is thrown is the finding of this hop, and no other hop waits for it. That includes bugs, as
 * the other hops are still worth reading.
 */
export async function examined(hop: HopName, check: () => Promise<readonly Finding[]>): Promise<readonly HopFinding[]> {
  try {
    return (await check()).map(finding => ({hop, ...finding}));
  } catch (error) {
    const isExpected = error instanceof ReactorError;
    const fix = isExpected ? 'Check the network, and run doctor again.' : 'This is a bug of doctor. Please report it.';
    return [{hop, ...failed(withStop(messageOf(error)), fix)}];
  }
}

/** The text as a sentence. */
export function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
