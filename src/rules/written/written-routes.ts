/** The written form of routes, and of the `match` of routes, windows and silences. */
import * as z from 'zod/mini';
import {messageOf} from '../../base/errors.ts';
import type {RouteKey} from '../rules.ts';
import {destinationMistake, nameMistake} from '../values/destination.ts';
import {compileName} from '../values/glob.ts';
import {List, type Mistake, RefinedText, Severity, Text, typeMessage} from './written-values.ts';

const {optional} = z;

const Names = optional(List(Text));
const shape = {
  blueprint: Names,
  entity: optional(List(RefinedText(patternMistake))),
  team: Names,
  property: Names,
  severity: optional(List(Severity)),
  rule: Names,
  environment: Names,
} satisfies Record<RouteKey, unknown>;

export const WrittenMatch = z.strictObject(shape, typeMessage('a mapping, for example `match: { team: payments }`'));
export type WrittenMatch = z.infer<typeof WrittenMatch>;

/** Names of destinations, and expressions that evaluate to one. */
export const WrittenSlack = List(
  RefinedText(destinationMistake),
  typeMessage('the name of a destination, or a list of names'),
);

export const WrittenRoute = z.strictObject(
  {
    match: optional(WrittenMatch),
    slack: WrittenSlack,
    fallback: optional(RefinedText(nameMistake)),
    continue: optional(z.boolean(typeMessage('true or false'))),
  },
  typeMessage('a mapping'),
);
export type WrittenRoute = z.infer<typeof WrittenRoute>;

function patternMistake(written: string): Mistake | undefined {
  try {
    compileName(written);
    return undefined;
  } catch (error) {
    return {message: messageOf(error)};
  }
}
