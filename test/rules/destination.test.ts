import {describe, expect, test} from '@jest/globals';
import {compileDestination, destinationMistake, nameMistake} from '../../src/rules/destination.ts';

describe('a destination', () => {
  test('is a name', () => {
    expect(compileDestination('on-call.eu')).toBe('on-call.eu');
  });

  test.each(['{{ after.properties.channel }}', '{{after.properties.channel}}', `\${{ after.properties.channel }}`])(
    '%s is looked up',
    written => {
      expect(compileDestination(written)).toMatchObject({source: 'after.properties.channel', properties: ['channel']});
    },
  );

  test.each<[string, RegExp, number | undefined]>([
    ['#payments', /^"#payments" is not the name of a destination.*; write payments$/, undefined],
    ['on call', /^"on call" is not the name/, undefined],
    ['a={{ x }}', /^must be a name, or one expression and nothing beside it/, undefined],
    ['{{ a', /^must be a name, or one expression/, undefined],
    ['{{ }}', /^is empty; write an expression/, undefined],
    ['{{ aftr.x }}', /did you mean "after"/, 3],
    ['{{ after.a }} {{ after.b }}', /./, 11],
  ])('%s is none', (written, message, column) => {
    const mistake = destinationMistake(written);
    expect(mistake?.message).toMatch(message);
    expect(mistake?.column).toBe(column);
  });
});

test('a fallback is a name and nothing else', () => {
  expect(nameMistake('on-call')).toBeUndefined();
  expect(nameMistake('{{ after.properties.channel }}')?.message).toMatch(/is not the name of a destination/);
});
