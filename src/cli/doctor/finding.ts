/** The findings of `doctor`: the state of each hop, and how to fix it. */
import {messageOf, ReactorError} from '../../base/errors.ts';

/**
 * `advice`: the path works, but can be improved. `not-checked`: the check needs something that is missing. Only `failed` makes
 * the command fail.
 */
export type Status = 'ok' | 'failed' | 'advice' | 'not-checked';

export interface Finding {
  readonly status: Status;
  /** The observation. One line, without secrets. */
  readonly sentence: string;
  /** What to do: a sentence or a command. */
  readonly fix?: string;
}

/** The hops, in the order of the path and of the report. */
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

/** A finding with its hop. A hop can have several findings. */
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

/** @param why lower case, without a full stop */
export function notChecked(why: string): Finding {
  return {status: 'not-checked', sentence: why};
}

/** The check depends on an earlier hop that failed. */
export function blockedBy(hop: HopName): Finding {
  return notChecked(`see ${HOPS[hop]}`);
}

/** Adds an `ok` finding with the sentence, unless a finding is worse than advice. */
export function orOk(findings: readonly Finding[], sentence: string): readonly Finding[] {
  return findings.some(({status}) => status !== 'advice') ? findings : [ok(sentence), ...findings];
}

/**
 * Runs one check. Never rejects: any error, including a bug, becomes a finding of this hop, so the other hops are still reported.
 */
export async function examined(hop: HopName, check: () => Promise<readonly Finding[]>): Promise<readonly HopFinding[]> {
  try {
    return (await check()).map(finding => ({hop, ...finding}));
  } catch (error) {
    const isExpected = error instanceof ReactorError;
    const fix = isExpected ? 'Check the network and run doctor again.' : 'This is a bug in doctor. Please report it.';
    return [{hop, ...failed(withFullStop(messageOf(error)), fix)}];
  }
}

/** Adds a full stop, if the text has none. */
export function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
