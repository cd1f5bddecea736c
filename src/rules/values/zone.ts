/** Time zones by the names of places in the IANA database, or UTC. https://www.iana.org/time-zones */
import {nearest} from '../../base/nearest.ts';
import {zoneMeantBy} from './zone-places.ts';

const EXAMPLE = 'Write a name of the IANA database, as Europe/Berlin or UTC.';

/** Why it is not the name of a place's time zone, with the one that was probably meant. Undefined if it is one. */
export function zoneMistake(name: string): string | undefined {
  if (isPlace(name)) return undefined;
  const meant = zoneMeant(name);
  const what = isKnown(name) ? 'is not the zone of a place' : 'is not a time zone';
  if (/^Etc\/GMT[+-]/i.test(name))
    return `${what}: it is an offset with an inverted sign, and has no summer time. ${EXAMPLE}`;
  return meant === undefined ? `${what}. ${EXAMPLE}` : `${what}. Did you mean "${meant}"?`;
}

/**
 * Of what the platform takes, abbreviations and offsets are not places: an abbreviation has several meanings, of which the
 * platform has one, and an offset such as +01:00 knows nothing of summer time.
 */
function isPlace(name: string): boolean {
  if (!isKnown(name)) return false;
  if (/^(Etc\/)?UTC$/i.test(name)) return true;
  if (zoneMeantBy(name.toLowerCase()) !== undefined) return false;
  return /^(?!Etc\/|SystemV\/)[A-Za-z_]+\/./i.test(name) || /^[A-Z][a-z]{3,}$/.test(name);
}

function isKnown(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', {timeZone: name}) !== undefined;
  } catch {
    return false;
  }
}

/** People write an abbreviation, the city alone or with its country ("Berlin"), or a city that shares the zone of another. */
function zoneMeant(name: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone');
  const cities = zones.map(cityOf);
  const zoneOf = (city: string | undefined) => (city === undefined ? undefined : zones[cities.indexOf(city)]);
  const city = cityOf(name.trim().replaceAll(' ', '_'));
  // Of a few letters, anything is near to something.
  return zoneOf(city) ?? zoneMeantBy(city) ?? (city.length > 3 ? zoneOf(nearest(city, cities)) : undefined);
}

/** In lower case. */
function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).toLowerCase();
}
