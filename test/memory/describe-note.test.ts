import {expect, test} from '@jest/globals';
import {describeNote} from '../../src/memory/describe-note.ts';
import type {NoteReaction} from '../../src/memory/reactions.ts';

function note(given: Partial<NoteReaction>): NoteReaction {
  return {kind: 'note', ...given} as NoteReaction;
}

/** Phrases in the decision record that other tools search for. They must stay, even if the sentences around them change. */
test.each([
  [{why: 'healed', seconds: 180}, 'healed after 3 min'],
  [{why: 'open-already'}, 'open already'],
  [{why: 'missing-between'}, 'a change in between is missing'],
  [{why: 'attempts', incident: {attempts: 3}}, 'gave up after 3 attempts'],
  [{why: 'outcome-unknown', run: '123/1'}, 'see run 123'],
  [{why: 'cooldown', until: 1_764_331_200}, 'the cooldown ends at 2025-11-28T12:00:00Z'],
] as const)('%j contains "%s"', (given, phrase) => {
  expect(describeNote(note(given as Partial<NoteReaction>))).toContain(phrase);
});
