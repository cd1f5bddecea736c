/** Time zones by their names in the IANA database, or UTC. https://www.iana.org/time-zones */
import {nearest} from '../../base/text/nearest.ts';
import {suggestZone} from './zone-places.ts';

const EXAMPLE = 'Write a name of the IANA database, for example Europe/Berlin or UTC.';

/** Why the name is not a valid time zone, with a suggestion. Undefined if it is valid. */
export function zoneMistake(name: string): string | undefined {
  if (isPlace(name)) return undefined;
  const meant = findIntendedZone(name);
  const what = isKnown(name) ? 'is not the time zone of a place' : 'is not a time zone';
  if (/^Etc\/GMT[+-]/i.test(name))
    return `${what}: it is an offset with an inverted sign and without daylight saving time. ${EXAMPLE}`;
  return meant === undefined ? `${what}. ${EXAMPLE}` : `${what}. Did you mean "${meant}"?`;
}

/**
 * The platform also accepts abbreviations and offsets, which are not places. An abbreviation can have several meanings, and
 * an offset such as +01:00 has no daylight saving time.
 */
function isPlace(name: string): boolean {
  if (!isKnown(name)) return false;
  if (/^(Etc\/)?UTC$/i.test(name)) return true;
  if (suggestZone(name.toLowerCase()) !== undefined) return false;
  return /^(?!Etc\/|SystemV\/)[A-Za-z_]+\/./i.test(name) || /^[A-Z][a-z]{3,}$/.test(name);
}

function isKnown(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', {timeZone: name}) !== undefined;
  } catch {
    return false;
  }
}

/** Handles an abbreviation, a city alone ("Berlin") or with its country, and a city that shares the zone of another. */
function findIntendedZone(name: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone');
  const cities = zones.map(cityOf);
  const zoneOf = (city: string | undefined) => (city === undefined ? undefined : zones[cities.indexOf(city)]);
  const city = cityOf(name.trim().replaceAll(' ', '_'));
  // A short name is close to too many others.
  return zoneOf(city) ?? suggestZone(city) ?? (city.length > 3 ? zoneOf(nearest(city, cities)) : undefined);
}

/** The city of a zone, in lower case. */
function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).toLowerCase();
}
