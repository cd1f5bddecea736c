/** The written form of inhibitions: while an entity has an incident, its dependents are not reported. */
import * as z from 'zod/mini';
import {WrittenMatch} from './written-routes.ts';
import {List, Text, typeMessage} from './written-values.ts';

/** The incident that suppresses others. */
export const WrittenParent = z.strictObject(
  {rule: List(Text)},
  typeMessage('a mapping, for example `while: { rule: cluster-down }`'),
);

export const WrittenInhibit = z.strictObject(
  {while: WrittenParent, through: Text, match: z.optional(WrittenMatch)},
  typeMessage('a mapping, for example `{ while: { rule: cluster-down }, through: cluster }`'),
);
export type WrittenInhibit = z.infer<typeof WrittenInhibit>;
