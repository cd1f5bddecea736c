/** Parse: a Slack message as it is posted → the texts that Slack shows. Pure. */
import {z} from 'zod';

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
  /** The text on a lock screen. */
  readonly text: string;
  /** The mrkdwn of each part. Context blocks are small. */
  readonly parts: readonly {readonly text: string; readonly isSmall: boolean}[];
}

/** @param message the posted JSON. Parts that are not text are omitted. */
export function parseMessage(message: unknown): ShownMessage {
  const {text, blocks} = Message.catch({text: '', blocks: []}).parse(message);
  const parts = blocks.flatMap(block =>
    block.type === 'context'
      ? block.elements.map(element => ({text: element.text, isSmall: true}))
      : [{text: block.text.text, isSmall: false}],
  );
  return {text, parts: parts.length === 0 ? [{text, isSmall: false}] : parts};
}
