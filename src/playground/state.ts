/** The input of the playground, and its encoding in the address of the page. Pure. */
import * as z from 'zod/mini';

const Step = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('change'), property: z.string(), to: z.string()}),
  z.object({kind: z.literal('wait'), wait: z.string()}),
  z.object({kind: z.literal('ack'), rule: z.string()}),
]);

const PageState = z.object({
  /** The rules file. */
  rules: z.string(),
  event: z.object({
    /** Which input is used: the fields, or `json`. */
    mode: z.enum(['form', 'json']),
    blueprint: z.string(),
    entity: z.string(),
    property: z.string(),
    from: z.string(),
    to: z.string(),
    /** ISO 8601. Empty for the current time. */
    at: z.string(),
    json: z.string(),
  }),
  /** The steps after the event. */
  steps: z.array(Step).check(z.maxLength(50)),
});

/** All texts are as typed, and can be invalid. */
export type PageState = z.infer<typeof PageState>;
export type TypedStep = z.infer<typeof Step>;
export type EventFields = PageState['event'];

/** The maximum length in characters. Chat programs and browsers truncate or reject much longer addresses. */
export const MAX_LINK = 16_000;

/** The fragment after `#`. Undefined if it would be longer than {@link MAX_LINK}. */
export function writeLink(state: PageState): string | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('');
  const link = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return link.length > MAX_LINK ? undefined : link;
}

/** Undefined if the text is not a result of {@link writeLink}. */
export function readLink(link: string): PageState | undefined {
  if (link.length > MAX_LINK) return undefined;
  try {
    const binary = atob(link.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, character => character.charCodeAt(0));
    return PageState.safeParse(JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes))).data;
  } catch {
    return undefined;
  }
}
