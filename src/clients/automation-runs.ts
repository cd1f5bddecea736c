/** The runs of Port's automations, and the change of each run. */
import * as z from 'zod/mini';
import {PayloadError, ReactorError} from '../base/errors.ts';
import type {Change} from '../change/change.ts';
import {parseChange} from '../change/event/parse-change.ts';
import type {CallPort} from './port-call.ts';

export interface AutomationRun {
  readonly id: string;
  /** Whether the run has not ended. */
  readonly isOpen: boolean;
  /** The URLs that were set when the run was closed. */
  readonly links: readonly string[];
  /** The identifier of the automation. */
  readonly automation: string | undefined;
  /** The URL of the automation's webhook. */
  readonly url: string | undefined;
  /** Undefined if Port does not return the body of the webhook, or if the body is not a change. */
  readonly change: Change | undefined;
}

/** Port's maximum. The API has no paging and no filter by time (port-docs, static/apispec.yaml). */
const MAX_RUNS = 1_000;

/**
 * @param open only runs that have not ended
 * @throws {PortError}
 * @throws {NetworkError}
 * @throws {PayloadError} if the response is not a list of runs
 */
export async function readAutomationRuns(call: CallPort, {open = false} = {}): Promise<AutomationRun[]> {
  const parameters = new URLSearchParams([
    ['version', 'v2'],
    ['source', 'AUTOMATION'],
    ...(open ? [['active', 'true'] as [string, string]] : []),
    ['limit', String(MAX_RUNS)],
  ]);
  const response = ResponseBody.safeParse(await call({method: 'GET', route: `/v1/actions/runs?${parameters}`}));
  if (!response.success)
    throw new PayloadError('runs', 'must be a list of runs in the response to GET /v1/actions/runs');
  return response.data.runs.map(toRun);
}

const Text = z.catch(z.optional(z.string()), undefined);
/** Only the ID is required. Other fields can be missing or have another type. They are then ignored. */
const Run = z.object({
  id: z.string(),
  status: Text,
  link: z.catch(z.nullish(z.union([z.string(), z.array(z.string())])), undefined),
  action: z.catch(z.nullish(z.union([z.string(), z.object({identifier: z.string()})])), undefined),
  payload: z.catch(z.nullish(z.object({url: Text, body: z.optional(z.unknown())})), undefined),
});
const ResponseBody = z.object({runs: z.array(Run)});

function toRun({id, status, link, action, payload}: z.infer<typeof Run>): AutomationRun {
  return {
    id,
    isOpen: status === 'IN_PROGRESS',
    links: [link ?? []].flat(),
    automation: typeof action === 'string' ? action : action?.identifier,
    url: payload?.url,
    change: changeIn(payload?.body),
  };
}

function changeIn(body: unknown): Change | undefined {
  try {
    const parsed = parseChange(body, '');
    return parsed.kind === 'change' && parsed.change.at !== '' ? parsed.change : undefined;
  } catch (error) {
    if (error instanceof ReactorError) return undefined;
    throw error;
  }
}
