/** Hostile catalog text, and changes that contain it. */
import fc from 'fast-check';
import type {Change, Snapshot} from '../../../src/change/change.ts';
import {aChange, changes, HOSTILE_NAMES, jsonValues, texts} from './changes.ts';

/** One text with every injection. */
export const HOSTILE = '$(touch pwned)`touch pwned`;\'"<!channel> & <http://x|y> ##[set-output name=x]y';

const INJECTIONS = [
  HOSTILE,
  '<!channel>',
  '<!here|here>',
  '<@U1>',
  '<!subteam^S0123>',
  '<http://x|y>',
  '<!date^1^{date}|x>',
  '&lt;!channel&gt;',
  '```',
  '`',
  '*bold* _it_ ~no~',
  'a|b>c<d',
  '</pre><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '](https://evil.example)',
  '| table | $math$ | @team #1',
  'https://evil.example/|x>',
  'https://evil.example/?a=1&b=2',
  'https://user:secret@evil.example/',
  'javascript:alert(1)',
  'first\nsecond\r\nthird\u2028fourth',
  '\n::set-output name=x::y\n',
  '::stop-commands::x',
  '##[add-mask]a',
  '%0A::error::x',
  'a\u0000b\u001b[31mred',
  '\u202egnp.exe\u202c\u2066\u200f',
  '\ud800',
  'x\udc00',
  '👩‍👩‍👧‍👦',
  '\u200b\u2060\u00ad',
  'pay\u200bments \u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627',
  'Z\u0351\u036b\u0343a\u0329\u0332l\u0321g\u0322o',
  ':large_green_circle: *RECOVERED*',
  '{{ change.title }}',
  '"\\"\\\\"',
  '__proto__',
  '',
  '   ',
];

/** Up to 100 KB: an injection, any text, or many repetitions. */
export const hostileTexts = fc.oneof(
  {weight: 10, arbitrary: fc.constantFrom(...INJECTIONS)},
  {weight: 10, arbitrary: texts},
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...INJECTIONS), fc.integer({min: 1, max: 100_000}))
      .map(([text, length]) => text.repeat(Math.ceil(length / Math.max(1, text.length))).slice(0, length)),
  },
);

const values = fc.oneof(hostileTexts, jsonValues, fc.constantFrom(null, 0, 80.5, true));
const names = fc.oneof(hostileTexts, fc.constantFrom(...HOSTILE_NAMES, 'newRelicUrl'));
const addresses = fc.oneof(
  hostileTexts,
  hostileTexts.map(text => `https://example.com/${text}`),
);
const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  properties: fc.dictionary(names, fc.oneof(values, addresses), {maxKeys: 6}).map(reparsed),
  relations: fc.constant({}),
});

/**
 * A change of `blueprint` in which `healthStatus` and `cpuUtil` change from one hostile value to another, as returned by
 * `JSON.parse`. A client payload accepts the identifiers, although Port would not accept all of them.
 */
export function hostileChanges(blueprint = 'deploymentConfig'): fc.Arbitrary<Change> {
  const nonEmpty = hostileTexts.filter(text => text !== '');
  const withValues = (snapshot: Snapshot, healthStatus: unknown, cpuUtil: unknown): Snapshot => ({
    ...snapshot,
    properties: Object.fromEntries([
      ...Object.entries(snapshot.properties),
      ['healthStatus', healthStatus],
      ['cpuUtil', cpuUtil],
    ]),
  });
  return fc
    .record({
      base: changes,
      action: fc.constantFrom('UPDATE', 'UPDATE', 'CREATE', 'DELETE', 'TIMER_EXPIRED'),
      texts: fc.record({
        id: nonEmpty,
        entity: nonEmpty,
        title: hostileTexts,
        at: fc.oneof(hostileTexts, fc.constant('2026-11-20T12:28:18.477Z')),
        origin: hostileTexts,
        timer: hostileTexts,
      }),
      team: fc.array(hostileTexts, {maxLength: 3}),
      by: fc.record({userId: hostileTexts, email: hostileTexts}, {requiredKeys: []}),
      sides: fc.tuple(snapshots, snapshots),
      health: fc.tuple(values, values),
      cpu: fc.tuple(values, fc.oneof(values, fc.constant(90))),
    })
    .map(({base, action, texts: own, team, by, sides: [before, after], health, cpu}) => {
      const hasBefore = action === 'UPDATE' || action === 'DELETE';
      const hasAfter = action === 'UPDATE' || action === 'CREATE';
      return reparsed<Change>({
        ...base,
        ...own,
        action,
        blueprint,
        team,
        by,
        before: hasBefore ? withValues(before, health[0], cpu[0]) : null,
        after: hasAfter ? withValues(after, health[1], cpu[1]) : null,
      });
    });
}

/** Rules that react to any change of a `deploymentConfig`, so that all hostile text is used. */
export const EAGER_RULES = `version: 1
statuses: {healthStatus: [Healthy, Degraded, Crashed]}
routes: [{match: {rule: loud}, slack: payments}, {slack: default}]
rules:
  - {name: any, blueprint: deploymentConfig, on: [created, updated, deleted, timer-expired], notify: true}
  - {name: health, blueprint: deploymentConfig, on: [created, updated, deleted], property: healthStatus, severity: critical, notify: {mention: '<!subteam^S0123> <@U0123>', runbook: 'https://example.com/runbook?a=1&b=2'}}
  - {name: loud, blueprint: deploymentConfig, property: healthStatus, severity: warning, notify: {mention: '<!here>'}}
  - {name: cpu, blueprint: deploymentConfig, property: cpuUtil, above: 80, notify: {text: "CPU *{{ after.properties.cpuUtil }}* of {{ change.title }} & {{ toJSON(change) }} <https://x.example/{{ change.entity }}?was={{ before.properties.cpuUtil }}|{{ change.title }} board>"}}
`;

/** A change in which each text is {@link HOSTILE}. */
export function aHostileChange(change: Partial<Change> = {}): Change {
  return aChange({
    id: `r_${HOSTILE}`,
    entity: HOSTILE,
    title: HOSTILE,
    team: [HOSTILE],
    by: {userId: HOSTILE, email: HOSTILE},
    origin: HOSTILE,
    from: HOSTILE,
    to: `${HOSTILE}!`,
    properties: {[HOSTILE]: HOSTILE, [`${HOSTILE}Url`]: `https://example.com/${HOSTILE}`},
    ...change,
  });
}

function reparsed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
