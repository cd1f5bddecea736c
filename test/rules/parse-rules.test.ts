/**
 * test/fixtures/rules/good contains valid files, and test/fixtures/rules/bad one file for each mistake. The table below
 * contains the messages. For a new case, copy the nearest file.
 */
import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {ConfigError} from '../../src/base/errors.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {runs} from '../helpers/values/runs.ts';

const FIXTURES = new URL('../fixtures/rules/', import.meta.url);
const SCRIPTS = ['.github/remediations/scale-up.sh', '.github/remediations/close-stale-connections.sh', 'scale-up.sh'];

const read = (name: string) => readFileSync(new URL(`${name}.yml`, FIXTURES), 'utf8');
const namesIn = (folder: string) => readdirSync(new URL(folder, FIXTURES)).map(file => file.replace(/\.yml$/, ''));
const parse = (text: string) => parseRules(text, 'rules.yml', path => SCRIPTS.includes(path));

/** `line:column: message` of each mistake. Empty for a valid file. */
function mistakesIn(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({line, column, message}) => `${line}:${column}: ${message}`);
  }
}

const ROUNDED = [
  ['3:53: rules[0].to', '9007199254740993', '9007199254740992'],
  ['4:59: rules[1].from[1]', '-12345678901234567890', '-12345678901234567000'],
  ['6:57: rules[3].above', '0.12345678901234567890', '0.12345678901234568'],
  ['7:57: rules[4].below', '1e-400', '0'],
  ['8:53: rules[5].to', '0x20000000000001', '9007199254740992'],
  ['9:57: rules[6].to', '9007199254740995', '9007199254740996'],
  ['10:53: rules[7].to', '9007199254740995', '9007199254740996'],
]
  .map(
    ([at, written, read]) =>
      `${at}: is ${written}, which YAML reads as the number ${read}. Write a number that keeps its value: at most 15 digits, or put quotes around it if it is a string.`,
  )
  .toSpliced(
    2,
    0,
    '5:53: rules[2].to: must be a string, a number, true, false or null, but is 1e400, which is not a finite number',
  )
  .concat('11:62: rules[8].if: 9007199254740993 is rounded to 9007199254740992. Write a number of at most 15 digits');

const MISTAKES: Record<string, readonly string[]> = {
  'above-and-below': [
    '8:5: rules[0].below: can never fire together with `above`, because a value cannot rise and fall at the same time. Write two rules.',
  ],
  'above-empty': ['7:11: rules[0].above: must be a number, but is empty'],
  'above-infinite': ['7:12: rules[0].above: must be a number, but is .inf, which is not a finite number'],
  'above-text': ['7:12: rules[0].above: must be a number, but is the string "80%". Write 80.'],
  'another-kind': [
    '1:1: version: is missing',
    '1:1: rules: is missing',
    '1:1: "name" is not a key here. Use one of version, statuses, routes, mute, silences, inhibit, incidents, rules.',
    '2:1: "on" is not a key here. Use one of version, statuses, routes, mute, silences, inhibit, incidents, rules.',
    '3:1: "jobs" is not a key here. Use one of version, statuses, routes, mute, silences, inhibit, incidents, rules.',
  ],
  'attempts-half': ['6:45: rules[0].remediate.attempts: must be a whole number'],
  'attempts-zero': ['6:45: rules[0].remediate.attempts: must be at least 1'],
  'clear-alone': ['7:5: rules[0].clear: needs `above` or `below`: it sets when their incident ends'],
  'clear-past-above': ['8:5: rules[0].clear: must be at most 80, the value of `above`'],
  'clear-past-below': ['8:5: rules[0].clear: must be at least 10, the value of `below`'],
  'conditions-without-property': [
    '5:5: rules[0].from: needs `property`',
    '6:5: rules[0].above: needs `property`',
    '7:5: rules[0].clear: needs `property`',
  ],
  'created-from': ['8:5: rules[0].from: can never match: no property is set before a creation. Use `to`.'],
  'deleted-to': [
    '8:5: rules[0].to: can never match: no property is set after a deletion. Use `from`.',
    '9:5: rules[0].above: can never match: no property is set after a deletion. Use `from`.',
  ],
  empty: ['1:1: the file is empty. It needs `version: 1` and `rules:`.'],
  'env-list': ['6:40: rules[0].remediate.env: must be a mapping, for example `env: { REPLICAS: 3 }`, but is a list'],
  'env-names': [
    '6:41: rules[0].remediate.env.1A: is not the name of a variable: letters, digits and _',
    '6:48: rules[0].remediate.env.A-B: is not the name of a variable: letters, digits and _',
    '6:56: rules[0].remediate.env.REACTOR_FROM: is reserved for the action. Choose a name that does not start with REACTOR_.',
    '6:73: rules[0].remediate.env.reactor_to: is reserved for the action. Choose a name that does not start with REACTOR_.',
    '6:88: rules[0].remediate.env.__proto__: is not the name of a variable: letters, digits and _',
  ],
  'env-values': [
    '6:44: rules[0].remediate.env.A: must be a string, a number, true or false, but is a list',
    '6:52: rules[0].remediate.env.B: must be a string, a number, true or false, but is empty',
    '6:57: rules[0].remediate.env.C: must be a string, a number, true or false, but is a mapping',
  ],
  'from-empty': ['7:11: rules[0].from: is an empty list, which matches nothing. Add a value, or remove the key.'],
  'from-is-to': ['8:5: rules[0].to: can never fire: it equals `from`, and only changes are evaluated'],
  'from-mapping': ['7:16: rules[0].from[1]: must be a string, a number, true, false or null, but is a mapping'],
  'if-arguments': ["7:9: rules[0].if: Too few parameters supplied: 'contains'"],
  'if-arithmetic': ["7:28: rules[0].if: Unexpected symbol: '+'. Expressions have no arithmetic."],
  'if-block': ["8:31: rules[0].if: Unexpected symbol: '='. To compare, write ==."],
  'if-constructor': [
    "7:18: rules[0].if: Unrecognized function: 'constructor'. Use one of case, contains, endsWith, format, fromJson, join, startsWith, toJson.",
  ],
  'if-deep': ["7:59: rules[0].if: Exceeded max expression depth 50: '('"],
  'if-double-quotes': ["7:35: rules[0].if: Unexpected symbol: '\"gold\"'. Put strings in single quotes: 'text'."],
  'if-empty': ['7:9: rules[0].if: must not be empty'],
  'if-escaped': ["7:9: rules[0].if: Unexpected symbol: '='. To compare, write ==."],
  'if-folded': ["7:9: rules[0].if: Unexpected symbol: '='. To compare, write ==."],
  'if-function': ['7:9: rules[0].if: Unrecognized function: \'contain\'. Did you mean "contains"?'],
  'if-in-double-quotes': ["7:32: rules[0].if: Unexpected symbol: '='. To compare, write ==."],
  'if-nested-braces': ["7:37: rules[0].if: Unexpected symbol: '='. To compare, write ==."],
  'if-only-braces': ['7:9: rules[0].if: is empty. Write a condition, or remove the key.'],
  'if-open-text': ["7:34: rules[0].if: Unexpected symbol: ''gold'. Close the string with a single quote."],
  'if-parenthesis': ["7:27: rules[0].if: Unexpected end of expression: 'locked'"],
  'if-root': ['7:9: rules[0].if: Unrecognized named-value: \'aftr\'. Did you mean "after"?'],
  'if-root-far': [
    "7:9: rules[0].if: Unrecognized named-value: 'github'. An expression starts with change, before, after.",
  ],
  'if-single-and': ['7:16: rules[0].if: Unexpected symbol: \'&\'. For "and", write &&.'],
  'if-single-equals': ["7:33: rules[0].if: Unexpected symbol: '='. To compare, write ==."],
  'if-status-function': [
    "7:9: rules[0].if: Unrecognized function: 'always'. Use one of case, contains, endsWith, format, fromJson, join, startsWith, toJson.",
  ],
  'if-true': ['7:9: rules[0].if: must be a string, but is true. Put quotes around it.'],
  'if-unfinished': ["7:33: rules[0].if: Unexpected end of expression: '=='"],
  'job-with-script-settings': [
    '6:32: rules[0].remediate.timeout: applies only to `run`. Set it for the job in the workflow.',
    '6:45: rules[0].remediate.env: applies only to `run`. Set it for the job in the workflow.',
    '6:58: rules[0].remediate.pass: applies only to `run`. Set it for the job in the workflow.',
  ],
  'keys-on-several-lines': [
    '3:5: rules[0]: "{ a mapping: as a key, which the library: writes on several…" is not a key here. Use one of name, blueprint, property, on, from, to, above, below, for, clear, flapping, if, severity, notify, remediate.',
    '11:9: rules[0].remediate.env.a b: is not the name of a variable: letters, digits and _',
  ],
  merged: [
    '3:55: rules[0]: "severty" is not a key here. Did you mean "severity"?',
    '4:5: rules[1]: "severty" is not a key here. Did you mean "severity"?',
  ],
  'misspelt-property': ['5:5: rules[0]: "propery" is not a key here. Did you mean "property"?'],
  'misspelt-reaction': ['5:5: rules[0]: "notfy" is not a key here. Did you mean "notify"?'],
  'mute-always': [
    '3:15: mute[0].when: covers the whole week, so the window never ends. Use `silences` to mute for a limited time, or remove the rule.',
    '4:15: mute[1].when: covers the whole week, so the window never ends. Use `silences` to mute for a limited time, or remove the rule.',
  ],
  'mute-days': [
    '3:28: mute[0].when.days: must be a day or a range of days, for example sat or mon-fri: "Mon" is not a day. Did you mean "mon"?',
    '4:35: mute[1].when[0].days[1]: must be a day or a range of days, for example sat or mon-fri: "sunday" is not a day. Did you mean "sun"?',
    '5:28: mute[2].when.days: must be days, for example `mon-fri` or `[sat, sun]`, but is the number 6',
    '6:21: mute[3].when: must be a list, for example `[{ days: [sat, sun] }]`, but is the string "weekdays"',
  ],
  'mute-for-unknown-rule': [
    '3:64: mute[0].match.rule: there is no rule "degradd". Did you mean "degraded"?',
    '5:31: silences[0].match.rule[1]: there is no rule "other-one". Use degraded.',
  ],
  'mute-keys': [
    '3:27: mute[0].when: "day" is not a key here. Did you mean "days"?',
    '3:53: mute[0]: "remidiate" is not a key here. Did you mean "remediate"?',
    '4:37: mute[1].when[0]: "until" is not a key here. Use one of days, from, to.',
    '4:74: mute[1].match: "teem" is not a key here. Did you mean "team"?',
    '4:95: mute[1].remediate: "stop" is not a valid value. Use one of keep, mute.',
  ],
  'mute-missing': [
    '3:5: mute[0].when: is missing',
    '3:5: mute[0].zone: is missing',
    '4:25: mute[1].when: is an empty list, which matches nothing. Add a value, or remove the key.',
    '5:5: mute[2]: must be a mapping, but is the string "nights"',
  ],
  'mute-no-time': [
    '3:39: mute[0].when.to: equals `from`, so the window is empty. Omit `from` and `to` for the whole day.',
    '4:53: mute[1].when[1].from: must be a time of day from 00:00 to 23:59, but is the string "24:00"',
    '4:64: mute[1].when[1].to: equals `from`, so the window is empty. Omit `from` and `to` for the whole day.',
    '4:77: mute[1].when[2].to: equals `from`, so the window is empty. Omit `from` and `to` for the whole day.',
  ],
  'mute-same-names': ['4:12: mute[1].name: "nights" is also the name of mute[0]. Window names must be unique.'],
  'mute-times': [
    '3:28: mute[0].when.from: must be a string, but is the number 22. Put quotes around it.',
    '3:36: mute[0].when.to: must be a time of day from 00:00 to 24:00, but is the string "6:00"',
    '4:28: mute[1].when.from: must be a time of day from 00:00 to 23:59, but is the string "24:00"',
    '4:41: mute[1].when.to: must be a time of day from 00:00 to 24:00, but is the string "24:01"',
    '5:28: mute[2].when.from: must be a time of day from 00:00 to 23:59, but is the string "10:60"',
  ],
  'mute-zone': [
    '3:40: mute[0].zone: is not a time zone. Did you mean "Europe/Berlin"?',
    '4:40: mute[1].zone: is not a time zone. Did you mean "America/New_York"?',
    '5:40: mute[2].zone: is not a time zone. Write a name of the IANA database, for example Europe/Berlin or UTC.',
    '6:40: mute[3].zone: must be a string, but is the number 1. Put quotes around it.',
  ],
  'name-empty': ['3:12: rules[0].name: must not be empty'],
  'name-missing': ['3:5: rules[0].name: is missing'],
  'name-number': [
    '3:12: rules[0].name: must be a string, but is the number 404. Put quotes around it.',
    '3:28: rules[0].blueprint: must be a string, but is true. Put quotes around it.',
  ],
  'numbers-rounded': ROUNDED,
  'neither-run-nor-job': ['6:5: rules[0].remediate: needs `run: <file of the repository>` or `job: <name>`'],
  'no-version': ['1:1: version: is missing'],
  'not-a-mapping': ['1:1: must be a mapping with `version: 1` and `rules:`, but is a list'],
  'nothing-to-do': ['3:5: rules[0]: has no reaction. Add `notify: true` or `remediate:`.'],
  'notify-mention': [
    "3:60: rules[0].notify.mention: must be in Slack's format: <!subteam^S0123> for a group, <@U0123> for a person, <!here> or <!channel>",
  ],
  'notify-mentions': [
    "3:60: rules[0].notify.mention: must be in Slack's format: <!subteam^S0123> for a group, <@U0123> for a person, <!here> or <!channel>",
  ],
  'notify-runbook': ['3:60: rules[0].notify.runbook: must be an http or https URL'],
  'notify-runbook-script': ['3:60: rules[0].notify.runbook: must be an http or https URL'],
  'notify-text-block': ["9:20: rules[0].notify.text: Unexpected symbol: '='. To compare, write ==."],
  'notify-text-empty': ['6:20: rules[0].notify.text: must not be empty'],
  'notify-text-mistakes': [
    '6:27: rules[0].notify.text: Unrecognized named-value: \'aftr\'. Did you mean "after"?',
    '6:54: rules[0].notify.text: {{ }} is empty. Write an expression, for example {{ change.title }}.',
    '6:61: rules[0].notify.text: <!channel> would mention people in every message. Use `mention` instead, which applies only if a status got worse.',
    '6:72: rules[0].notify.text: {{ is not closed: add }}',
  ],
  'notify-text-number': ['6:20: rules[0].notify.text: must be a string, but is the number 80. Put quotes around it.'],
  'notify-text': ['3:50: rules[0].notify: must be true, false or a mapping, but is the string "yes"'],
  'on-empty': ['7:9: rules[0].on: is an empty list, which matches nothing. Add a value, or remove the key.'],
  'on-null': ['7:8: rules[0].on: must be one of created, updated, deleted, timer-expired, but is empty'],
  'on-number': ['7:9: rules[0].on: must be one of created, updated, deleted, timer-expired, but is the number 5'],
  'on-one-word': ['7:9: rules[0].on: "create" is not a valid value. Did you mean "created"?'],
  'on-other-word': ['7:10: rules[0].on[0]: "create" is not a valid value. Did you mean "created"?'],
  'only-comments': ['1:1: the file is empty. It needs `version: 1` and `rules:`.'],
  'only-text': ['1:1: must be a mapping with `version: 1` and `rules:`, but is the string "version 1"'],
  'pass-names': [
    '6:42: rules[0].remediate.pass[0]: must be the name of a variable: letters, digits and _',
    '6:47: rules[0].remediate.pass[1]: must be a string, but is the number 7. Put quotes around it.',
  ],
  'pass-text': ['6:41: rules[0].remediate.pass: must be a list of names, but is the string "TOKEN"'],
  'remediate-empty': [
    '6:16: rules[0].remediate: must be a mapping, for example `remediate: { run: .github/remediations/scale-up.sh }`, but is empty',
  ],
  'remediate-text': [
    '6:16: rules[0].remediate: must be a mapping, for example `remediate: { run: .github/remediations/scale-up.sh }`, but is the string "scale-up.sh"',
  ],
  'route-continue-text': [
    '3:44: routes[0].continue: must be true or false, but is the string "yes"',
    '4:34: routes[1]: "contineu" is not a key here. Did you mean "continue"?',
  ],
  'route-fallback-alone': [
    '3:39: routes[0].fallback: is never used: `slack` contains no {{ expression }} that could resolve to nothing. Remove it',
  ],
  'route-for-unknown-rule': [
    '3:20: routes[0].match.rule: there is no rule "degradd". Did you mean "degraded"?',
    '4:31: routes[1].match.rule[1]: there is no rule "other-one". Use degraded.',
  ],
  'route-match-empty': [
    '3:20: routes[0].match.team: is an empty list, which matches nothing. Add a value, or remove the key.',
  ],
  'route-match-text': [
    '3:13: routes[0].match: must be a mapping, for example `match: { team: payments }`, but is the string "payments"',
  ],
  'route-pattern': [
    '3:22: routes[0].match.entity: is not a pattern: a closing ] is missing',
    '4:29: routes[1].match.entity[1]: is not a pattern: a closing } is missing',
    '4:39: routes[1].match.entity[2]: is not a pattern: the range in [ ] is out of order',
  ],
  'route-severity': [
    '3:35: routes[0].match.severity[1]: "warn" is not a valid value. Use one of info, warning, critical.',
  ],
  'route-slack-expression': [
    '3:35: routes[0].slack: Unrecognized named-value: \'aftr\'. Did you mean "after"?',
    "4:64: routes[1].slack[1]: Unexpected symbol: '='. To compare, write ==.",
    '5:31: routes[2].slack: is empty. Write an expression, or remove the key.',
  ],
  'route-slack-name': [
    '3:31: routes[0].slack: "#payments" is not the name of a destination in the input slack-webhooks. Write payments.',
    '4:36: routes[1].slack[1]: "on call" is not the name of a destination in the input slack-webhooks',
    '4:45: routes[1].slack[2]: must be a name, or only one expression, for example {{ after.properties.slackChannelName }}',
    '5:31: routes[2].slack: must be the name of a destination, or a list of names, but is the number 5',
    '6:31: routes[3].slack: is an empty list, which matches nothing. Add a value, or remove the key.',
    '7:75: routes[4].fallback: "{{ before.properties.channel }}" is not the name of a destination in the input slack-webhooks',
  ],
  'route-without-slack': ['3:5: routes[0].slack: is missing'],
  'routes-mapping': ['2:9: routes: must be a list, but is a mapping'],
  'rule-not-a-mapping': [
    '3:5: rules[0]: must be a mapping, but is the string "degraded"',
    '4:4: rules[1]: must be a mapping, but is empty',
    '5:5: rules[2]: must be a mapping, but is a list',
  ],
  'rules-empty': ['2:8: rules: must contain at least one rule'],
  'rules-mapping': ['2:8: rules: must be a list, but is a mapping'],
  'rules-missing': ['1:1: rules: is missing'],
  'rules-missing-but-routes': ['1:1: rules: is missing'],
  'rules-null': ['2:7: rules: must be a list, but is empty'],
  'run-absolute': ['6:22: rules[0].remediate.run: must be a path inside the repository, relative to its root'],
  'run-and-job': ['6:5: rules[0].remediate: has both `run` and `job`. Remove one of them.'],
  'run-home': ['6:22: rules[0].remediate.run: must be a path inside the repository, relative to its root'],
  'run-missing': [
    '6:22: rules[0].remediate.run: there is no file ".github/remediations/scale-upp.sh" in the repository. Commit it, or fix the path.',
  ],
  'run-outside': ['6:22: rules[0].remediate.run: must be a path inside the repository, relative to its root'],
  'run-shell-line': [
    '6:22: rules[0].remediate.run: must be the path of one file of the repository, not a shell line. Put the command in a script, and values in env.',
  ],
  'same-names': ['5:12: rules[2].name: "degraded" is also the name of rules[0]. Rule names must be unique.'],
  several: [
    '2:1: "status" is not a key here. Did you mean "statuses"?',
    '6:5: rules[0].to: needs `property`',
    '7:15: rules[0].severity: "bad" is not a valid value. Use one of info, warning, critical.',
    '9:11: rules[1].name: "degraded" is also the name of rules[0]. Rule names must be unique.',
    "11:33: rules[1].if: Unexpected symbol: '='. To compare, write ==.",
    '12:22: rules[1].remediate.run: there is no file "nowhere.sh" in the repository. Commit it, or fix the path.',
    '12:43: rules[1].remediate.timeout: must be a number and a unit, for example 20s, 5m or 1h, but is the number 5',
  ],
  'severity-null': ['7:14: rules[0].severity: must be one of info, warning, critical, but is empty'],
  'severity-other-word': ['7:15: rules[0].severity: "Critcal" is not a valid value. Did you mean "critical"?'],
  'silence-ends-first': ['3:78: silences[0].until: must be after `from`. The silence would end before it starts'],
  'silence-missing': [
    '3:5: silences[0].until: is missing',
    '3:5: silences[0].owner: is missing',
    '3:5: silences[0].reason: is missing',
    '4:5: silences[1].match: is missing',
    '5:24: silences[2].owner: must not be empty',
    '5:36: silences[2].reason: must be a string, but is the number 7. Put quotes around it.',
    '5:65: silences[2]: "untill" is not a key here. Did you mean "until"?',
  ],
  'silence-times': [
    '3:53: silences[0].until: must be a date and time with a time zone, for example 2026-12-01T18:00:00Z or 2026-12-01T19:00:00+01:00, but is the string "2026-12-01"',
    '4:53: silences[1].until: must be a date and time with a time zone, for example 2026-12-01T18:00:00Z or 2026-12-01T19:00:00+01:00, but is the string "2026-12-01T18:00"',
    '5:52: silences[2].from: must be a date and time with a time zone, for example 2026-12-01T18:00:00Z or 2026-12-01T19:00:00+01:00, but is the string "tomorrow"',
    '5:69: silences[2].until: must be a date and time with a time zone, for example 2026-12-01T18:00:00Z or 2026-12-01T19:00:00+01:00, but is the string "2026-02-30T18:00:00Z"',
  ],
  'statuses-list': ['2:11: statuses: must be a mapping, but is a list'],
  'statuses-values': [
    '2:15: statuses.a: must be a list, from best to worst, but is the string "ok"',
    '2:22: statuses.b: is an empty list. List values from best to worst.',
    '2:30: statuses.c[0]: must be a string, but is the number 1. Put quotes around it.',
    '2:42: statuses.d: contains a value twice',
  ],
  'timeout-number': [
    '6:44: rules[0].remediate.timeout: must be a number and a unit, for example 20s, 5m or 1h, but is the number 5',
  ],
  'timeout-words': [
    '6:44: rules[0].remediate.timeout: must be a number and a unit, for example 20s, 5m or 1h, but is the string "5 minutes"',
    '6:65: rules[0].remediate.cooldown: must be a number and a unit, for example 20s, 5m or 1h, but is the string "0m"',
  ],
  'timer-with-transition': [
    '8:5: rules[0].to: can never match, because a timer event reports no change of a value. Remove it',
    '9:5: rules[0].above: can never match, because a timer event reports no change of a value. Remove it',
  ],
  'to-list-of-lists': ['7:10: rules[0].to[0]: must be a string, a number, true, false or null, but is a list'],
  'two-documents': ['4:1: the file contains more than one document. Keep one, without `---` after it.'],
  'unknown-key': ['2:1: "ruls" is not a key here. Did you mean "rules"?'],
  'unknown-match-key': ['3:14: routes[0].match: "teem" is not a key here. Did you mean "team"?'],
  'unknown-notify-key': [
    '5:34: rules[0].notify: "runbok" is not a key here. Did you mean "runbook"?',
    '5:65: rules[0].notify: "color" is not a key here. Use one of mention, runbook, slack, text, recovery, repeat, escalate.',
  ],
  'unknown-remediate-key': ['6:35: rules[0].remediate: "time-out" is not a key here. Did you mean "timeout"?'],
  'unknown-route-key': ['3:6: routes[0]: "slak" is not a key here. Did you mean "slack"?'],
  'unknown-rule-key': ['7:5: rules[0]: "sevrity" is not a key here. Did you mean "severity"?'],
  'unknown-rule-key-far': [
    '7:5: rules[0]: "when" is not a key here. Use one of name, blueprint, property, on, from, to, above, below, for, clear, flapping, if, severity, notify, remediate.',
  ],
  'unknown-rule-keys-hostile': [
    '7:5: rules[0]: "__proto__" is not a key here. Use one of name, blueprint, property, on, from, to, above, below, for, clear, flapping, if, severity, notify, remediate.',
    '8:5: rules[0]: "constructor" is not a key here. Use one of name, blueprint, property, on, from, to, above, below, for, clear, flapping, if, severity, notify, remediate.',
  ],
  'unreachable-routes': [
    '4:5: routes[1]: is never reached: routes[0] already matches everything that this route matches. Move it up.',
    '6:5: routes[3]: is never reached: routes[2] already matches everything that this route matches. Move it up.',
  ],
  'unreachable-routes-of-all-kinds': [
    '6:5: routes[3]: is never reached: routes[2] already matches everything that this route matches. Move it up.',
    '7:5: routes[4]: is never reached: routes[2] already matches everything that this route matches. Move it up.',
    '9:5: routes[6]: is never reached: routes[5] already matches everything that this route matches. Move it up.',
  ],
  'version-text': ['1:10: version: must be 1, the only supported version'],
  'version-two': ['1:10: version: must be 1, the only supported version'],
  'windows-line-ends': ['5:5: rules[0]: "sevrity" is not a key here. Did you mean "severity"?'],
  'yaml-alias': [
    '7:9: *degraded refers to the anchor &degraded, which is not defined above. Put quotes around a value that starts with *.',
  ],
  'yaml-alias-bomb': [
    '1:1: the aliases (*) expand to too many values: Excessive alias count indicates a resource exhaustion attack. Write out the values.',
  ],
  'yaml-alias-to-itself': ['2:14: *all is inside &all, which it refers to, so it never ends. Write out the value.'],
  'yaml-at': ['7:9: Plain value cannot start with reserved character @. Put quotes around the value.'],
  'yaml-colon': [
    '7:9: Nested mappings are not allowed in compact mappings. Put quotes around a value that contains a colon, or fix the indentation.',
  ],
  'yaml-duplicate-key': ['7:5: the key "property" appears twice. Remove one of them.'],
  'yaml-indentation': [
    '4:1: Sequence item without - indicator. Compare the indentation of this line with the one before it.',
  ],
  'yaml-quoted-start': [
    '7:13: Unexpected scalar at node end. Put quotes around the whole value, or fix the indentation.',
  ],
  'yaml-tab': ['3:1: Tabs are not allowed as indentation. Use spaces.'],
  'yaml-tag': ['7:9: !after.properties.locked is read as a YAML tag. Put quotes around a value that starts with !.'],
  'yaml-unclosed': [
    '3:1: Flow sequence in block collection must be sufficiently indented and end with a ]. Close it, and indent each of its lines more than the key.',
  ],
  'yaml-unclosed-quote': ['5:1: a value has no closing ". Add it at the end of the value.'],
};

describe('a mistake', () => {
  test.each(Object.entries(MISTAKES))('%s', (name, expected) => {
    expect(mistakesIn(read(`bad/${name}`))).toEqual(expected);
  });

  test.each(Object.entries(MISTAKES))('%s, with the line ends of Windows', (name, expected) => {
    expect(mistakesIn(read(`bad/${name}`).replace(/\r?\n/g, '\r\n'))).toEqual(expected);
  });

  test('in each file of the folder is in this table', () => {
    expect(namesIn('bad').sort()).toEqual(Object.keys(MISTAKES).sort());
  });

  test('is reported with its file, line and column', () => {
    expect(() => parse(read('bad/several'))).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        file: 'rules.yml',
        message: expect.stringMatching(
          /^The rules file rules\.yml has 7 mistakes. Parts with mistakes are ignored until they are fixed:\nrules\.yml:2:1: "status" is/,
        ),
      }),
    );
    expect(() => parse(read('bad/no-version'))).toThrow(/has a mistake\. [^\n]*\nrules\.yml:1:1: version: is missing$/);
  });
});

describe('a valid file', () => {
  test.each(namesIn('good'))('%s has no mistakes', name => {
    expect(mistakesIn(read(`good/${name}`))).toEqual([]);
  });

  test('needs its scripts only if the caller can look for files', () => {
    expect(() => parseRules(read('good/contract'), 'rules.yml')).not.toThrow();
    expect(() => parseRules(read('good/contract'), 'rules.yml', () => false)).toThrow(/has 2 mistakes/);
  });
});

test('a file with random edits compiles or has messages, and never causes another error', () => {
  const texts = namesIn('good').map(name => read(`good/${name}`));
  const snippets = [
    '\n',
    ' ',
    '  - ',
    ': ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '!x ',
    '<<: ',
    '|',
    '# ',
    'null',
    '5',
    '\t',
    '__proto__: ',
    '---\n',
  ];
  const edit = fc.record({at: fc.nat(), remove: fc.nat({max: 12}), insert: fc.constantFrom('', ...snippets)});
  const outcomes = {valid: 0, invalid: 0};
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(edit, {minLength: 1, maxLength: 2}), (text, edits) => {
      let edited = text;
      for (const {at, remove, insert} of edits) {
        const start = at % (edited.length + 1);
        edited = edited.slice(0, start) + insert + edited.slice(start + remove);
      }
      const mistakes = mistakesIn(edited);
      if (mistakes.length === 0) outcomes.valid++;
      else outcomes.invalid++;
      expect(mistakes.every(mistake => /^[1-9]\d*:[1-9]\d*: .{5,400}$/.test(mistake))).toBe(true);
    }),
    {numRuns: runs(1000), seed: 20_261_123},
  );
  expect(Math.min(outcomes.valid, outcomes.invalid)).toBeGreaterThan(runs(1000) / 20);
});

test('reports the first syntax error, and other mistakes only if it did not cause them', () => {
  const rule = (keys: string) => `  - {name: a, blueprint: service, ${keys}, notify: true}\n`;
  const text = `version: 1\nversion: 1\nrules:\n${rule("if: after['x']")}${rule("if: after['y']")}`;
  expect(mistakesIn(text)).toEqual([
    '2:1: the key "version" appears twice. Remove one of them.',
    '4:44: Unexpected flow-seq-start at node end. Put quotes around the whole value, or fix the indentation.',
  ]);
});

test.each([
  ['twenty thousand open brackets', `version: 1\nrules: ${'['.repeat(20_000)}`],
  ['twenty thousand mappings', `version: 1\nrules: ${'{a: '.repeat(20_000)}`],
  ['binary data', '\0\ud800\uffff%@`'],
])('%s are reported as a mistake', (_, text) => {
  expect(mistakesIn(text).length).toBeGreaterThan(0);
});
