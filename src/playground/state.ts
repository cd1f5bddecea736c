/** What a person typed into the playground, and its form in the address of the page. Pure. */
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
    /** Which of the two counts: the fields, or `json`. */
    mode: z.enum(['form', 'json']),
    blueprint: z.string(),
    entity: z.string(),
    property: z.string(),
    from: z.string(),
    to: z.string(),
    /** ISO 8601. Empty: now. */
    at: z.string(),
    json: z.string(),
  }),
  /** What happens after the event. */
  steps: z.array(Step).check(z.maxLength(50)),
});

/** All texts are as typed, with their mistakes. */
export type PageState = z.infer<typeof PageState>;
export type TypedStep = z.infer<typeof Step>;
export type EventFields = PageState['event'];

/** In characters of the address. Chat programs and browsers cut or refuse much longer ones. */
export const MAX_LINK = 16_000;

/** The part after `#`. Undefined if it would be longer than {@link MAX_LINK}. */
export function writeLink(state: PageState): string | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('');
  const link = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return link.length > MAX_LINK ? undefined : link;
}

/** Undefined for anything that {@link writeLink} did not write. */
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
