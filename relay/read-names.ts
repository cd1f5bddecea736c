/** Which properties and relations the rules read. Pure. */

/** Names of properties and relations, as they are found among bytes: in any letter case, by their length. */
export type ReadNames = readonly (readonly Uint8Array[] | undefined)[];

export function readNames(names: Iterable<string>): ReadNames {
  const byLength: Uint8Array[][] = [];
  for (const name of names) {
    const bytes = Buffer.from(name.toLowerCase());
    byLength[bytes.length] = [...(byLength[bytes.length] ?? []), bytes];
  }
  return byLength;
}
