/** Act: links for the reader of a message: the entity in Port, and the URLs in its properties. Pure. */

import {clip} from '../../../base/text/show.ts';
import type {Change} from '../../../change/change.ts';
import {safeUrl} from '../block-kit/text.ts';

export interface NamedLink {
  readonly label: string;
  /** A result of {@link safeUrl}. */
  readonly url: string;
}

/** More links would crowd out the message. */
const MAX_OWN_LINKS = 6;

/**
 * Port's web interface for an API address: `api.us.port.io` → `app.us.port.io`.
 * @see https://docs.port.io: entity pages are `/<blueprint>Entity?identifier=<entity>`
 */
export function portAppUrl(apiUrl: string): string {
  const {hostname} = new URL(apiUrl);
  return hostname.startsWith('api.') ? `https://app.${hostname.slice('api.'.length)}` : 'https://app.port.io';
}

/** The entity's page in Port, as returned by {@link safeUrl}. Undefined if the names are too long for an address. */
export function entityUrl(
  appUrl: string,
  {blueprint, entity}: Pick<Change, 'blueprint' | 'entity'>,
): string | undefined {
  return safeUrl(`${appUrl}/${encode(blueprint)}Entity?identifier=${encode(entity)}`);
}

/** `encodeURIComponent` throws an error for half a surrogate pair. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** The entity's properties that contain HTTP addresses, labeled by their names: `newRelicUrl` → "New Relic". */
export function ownLinks({before, after}: Change): NamedLink[] {
  const properties = Object.entries(after?.properties ?? before?.properties ?? {});
  const links = properties.flatMap(([name, value]) => {
    const url = safeUrl(value);
    return url === undefined ? [] : [{label: labelOf(clip(name, 100)), url}];
  });
  return links.slice(0, MAX_OWN_LINKS);
}

function labelOf(property: string): string {
  const words = property
    .replace(/[-_\s]*(url|link|href)$/i, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .trim();
  return words === '' ? property : words.charAt(0).toUpperCase() + words.slice(1);
}
