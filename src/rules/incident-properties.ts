/** The properties of an incident entity in Port (`incidents.blueprint`) that are read when it changes. */
import {bothSides, type Reads} from '../change/reads.ts';

/** A person sets them. */
export const ACKNOWLEDGED = 'acknowledged';
export const SILENCED_UNTIL = 'silencedUntil';
/** A timer that expires when the clock must process the incident. */
export const DUE = 'due';
/** The entity that the incident is about. */
export const SUBJECT_BLUEPRINT = 'subjectBlueprint';
export const SUBJECT_ENTITY = 'subjectEntity';

export const INCIDENT_READS: Reads = [
  ...[ACKNOWLEDGED, SILENCED_UNTIL, SUBJECT_BLUEPRINT, SUBJECT_ENTITY].flatMap(bothSides),
  ['timer'],
];
