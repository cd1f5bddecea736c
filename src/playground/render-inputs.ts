/** Renders the dynamic parts of the input form: mistakes, line numbers, steps, suggestions. Pure. */
import type {Problem} from '../base/errors.ts';
import type {Html} from '../base/text/html.ts';
import {count} from '../base/text/show.ts';
import type {Rules} from '../rules/rules.ts';
import {html, NOTHING} from '../ui/html.ts';
import type {TypedStep} from './state.ts';

/** @param works whether any part of the file is valid */
export function renderMistakeList(mistakes: readonly Problem[], works: boolean): Html {
  if (mistakes.length === 0) return html`<p class="good">✓ No mistakes</p>`;
  const consequence = works ? 'The results below ignore the parts with mistakes.' : 'Fix the rules to see decisions.';
  return html`<p class="bad">${count(mistakes.length, 'mistake')}. ${consequence}</p>
<ol class="mistakes">${mistakes.map(renderMistake)}</ol>`;
}

/** A click moves the cursor to the mistake. */
function renderMistake({message, line = 1, column = 1}: Problem): Html {
  const place = `${line}:${column}`;
  return html`
<li><button type="button" data-action="go" data-line="${line}" data-column="${column}"><b aria-label="Line ${line}, column ${column}">${place}</b><span>${message}</span></button></li>`;
}

/** Line numbers. Lines with mistakes are highlighted. */
export function renderGutter(lines: number, mistakes: readonly Problem[]): Html {
  const wrong = new Set(mistakes.map(({line}) => line));
  const numbers = Array.from({length: lines}, (_, index) => index + 1);
  return html`${numbers.map(number => (wrong.has(number) ? html`<b>${number}</b>\n` : html`${number}\n`))}`;
}

export function renderSteps(steps: readonly TypedStep[]): Html {
  return html`${steps.map(renderStep)}`;
}

function renderStep(step: TypedStep, index: number): Html {
  const number = index + 1;
  return html`
<li><div class="step">${fieldsOf(step).map(field => renderField(index, field))}</div>
<button type="button" data-action="remove" data-step="${index}" aria-label="Remove step ${number}">✕</button>
<p class="bad" id="step-error-${index}" aria-live="polite"></p></li>`;
}

function renderField(index: number, {key, label, value, list}: Field): Html {
  const id = `${index}-${key}`;
  return html`<label>${label}<input id="step-${id}" data-field="${id}" value="${value}" ${listOf(list)} autocapitalize="off" autocomplete="off" spellcheck="false" aria-describedby="step-error-${index}"></label>`;
}

function listOf(list: string): Html {
  return list === '' ? NOTHING : html`list="${list}"`;
}

interface Field {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  /** The id of the list of suggestions, or an empty text without suggestions. */
  readonly list: string;
}

function fieldsOf(step: TypedStep): Field[] {
  switch (step.kind) {
    case 'change':
      return [
        {key: 'property', label: 'Change of', value: step.property, list: 'properties'},
        {key: 'to', label: 'to', value: step.to, list: 'values'},
      ];
    case 'wait':
      return [{key: 'wait', label: 'Wait (20s, 10m, 1h)', value: step.wait, list: ''}];
    case 'ack':
      return [{key: 'rule', label: 'A person acknowledges the rule', value: step.rule, list: 'names'}];
  }
}

/** Names in the rules, as suggestions for the fields. */
export function proposalsOf({rules, statuses}: Rules): Readonly<Record<string, Html>> {
  const values = rules.flatMap(({from = [], to = []}) => [...from, ...to]).map(value => String(value));
  return {
    blueprints: options(rules.map(({blueprint}) => blueprint)),
    properties: options(rules.flatMap(({property}) => property ?? [])),
    values: options([...[...statuses.values()].flat(), ...values]),
    names: options(rules.map(({name}) => name)),
  };
}

function options(values: readonly string[]): Html {
  return html`${[...new Set(values)].map(value => html`<option value="${value}"></option>`)}`;
}
