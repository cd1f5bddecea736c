/** Parse: a run's decision record and Slack messages, as the pages and the terminal show them. Pure. */
import {z} from 'zod';
import type {SlackPost} from './history.ts';

/** What of the record is shown; its whole shape is in report/decision-record-schema.ts. */
const Decision = z.object({
  change: z.object({id: z.string(), entity: z.string(), blueprint: z.string()}),
  rules: z.array(
    z.object({
      rule: z.string(),
      matched: z.boolean(),
      reason: z.string(),
      conditions: z.array(z.object({condition: z.string(), held: z.boolean()})),
    }),
  ),
  reactions: z.array(
    z.object({
      rule: z.string(),
      kind: z.string(),
      status: z.string(),
      detail: z.string(),
      run: z.string().optional(),
      durationMs: z.number().optional(),
    }),
  ),
});
export type Decision = z.infer<typeof Decision>;

/** Lines that are no decisions are left out: a run that failed early may have written none. */
export function parseRecord(text: string): Decision[] {
  return text.split('\n').flatMap(line => {
    const decision = Decision.safeParse(parseOrNull(line));
    return decision.success ? [decision.data] : [];
  });
}

/** Whether the rule is about the change's blueprint at all. */
export function isAbout({conditions}: Decision['rules'][number]): boolean {
  return conditions.every(({condition, held}) => condition !== 'blueprint' || held);
}

const Mrkdwn = z.object({text: z.string()});
const Message = z.object({
  text: z.string().catch(''),
  blocks: z
    .array(
      z.union([
        z.object({type: z.literal(['section', 'header']), text: Mrkdwn}),
        z.object({type: z.literal('context'), elements: z.array(Mrkdwn)}),
      ]),
    )
    .catch([]),
});

export interface ShownMessage {
  /** What a lock screen shows. */
  readonly text: string;
  /** Each one's mrkdwn; small print is set smaller. */
  readonly parts: readonly {readonly text: string; readonly isSmall: boolean}[];
}

export function parseMessage({message}: SlackPost): ShownMessage {
  const {text, blocks} = Message.catch({text: '', blocks: []}).parse(message);
  const parts = blocks.flatMap(block =>
    block.type === 'context'
      ? block.elements.map(element => ({text: element.text, isSmall: true}))
      : [{text: block.text.text, isSmall: false}],
  );
  return {text, parts};
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
