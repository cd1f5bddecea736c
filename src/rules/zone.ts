/** Time zones by their names in the IANA database, as the platform knows them. https://www.iana.org/time-zones */
import {nearest} from './nearest.ts';

/** Why it is not the name of a time zone, with the one that was probably meant; undefined where it is one. */
export function zoneMistake(name: string): string | undefined {
  if (isZone(name)) return undefined;
  const known = Intl.supportedValuesOf('timeZone');
  const meant = nearest(name, known) ?? ofCity(name, known);
  return meant === undefined
    ? 'is not a time zone; write a name of the IANA database, as Europe/Berlin or UTC'
    : `is not a time zone; did you mean "${meant}"?`;
}

/** An offset such as +01:00 is none: it knows nothing of summer time. */
function isZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', {timeZone: name}) !== undefined;
  } catch {
    return false;
  }
}

/** People write the city alone, or with its country: "Berlin". */
function ofCity(name: string, known: readonly string[]): string | undefined {
  const city = name.split('/').at(-1)?.trim().replaceAll(' ', '_').toLowerCase() ?? '';
  return known.find(zone => zone.toLowerCase().endsWith(`/${city}`));
}
