/** The script of the playground: input → state → output. Only this file accesses the DOM. */
import './jitless.ts';
import {messageOf} from '../../base/errors.ts';
import type {Html} from '../../base/text/html.ts';
import {eventText} from '../event.ts';
import {type PageView, viewOf} from '../page-view.ts';
import {proposalsOf, renderGutter, renderMistakeList, renderSteps} from '../render-inputs.ts';
import {renderDecisions, renderTimeline, summaryOf} from '../render-timeline.ts';
import {SAMPLE} from '../sample.ts';
import {type PageState, readLink, type TypedStep, writeLink} from '../state.ts';

/** The delay between the last keystroke and the update of the page. */
const PAUSE_MS = 150;

const FIELDS = ['blueprint', 'entity', 'property', 'from', 'to', 'at', 'json'] as const;

let state: PageState = SAMPLE;
let shown: PageView | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}.`);
  return element as T;
}

/** The current markup by element id. Unchanged elements are not replaced, so that screen readers do not repeat them. */
const markupOf = new Map<string, string>();

function show(id: string, {markup}: Html): void {
  if (markupOf.get(id) === markup) return;
  markupOf.set(id, markup);
  const element = find(id);
  const opened = [...element.querySelectorAll<HTMLDetailsElement>('details[open]')].map(({dataset}) => dataset['key']);
  element.innerHTML = markup; // made by html``, which escapes
  for (const details of element.querySelectorAll('details')) details.open = opened.includes(details.dataset['key']);
}

const NONE: Html = {markup: ''};

/** Updates everything that depends on the state, except the input fields. */
function update(): void {
  const seen = viewOf(state, Date.now());
  shown = seen;
  const {rules, mistakes, event, simulation} = seen;
  show('mistakes', renderMistakeList(mistakes, rules !== undefined));
  show('gutter', renderGutter(state.rules.split('\n').length, mistakes));
  find('rules').setAttribute('aria-invalid', String(mistakes.length > 0));
  find('event-error').textContent = 'error' in event ? event.error : event.subject.remarks.join('\n');
  find('json').setAttribute('aria-invalid', String('error' in event));
  for (const [index] of state.steps.entries()) {
    const hasMistake = simulation?.mistake?.step === index;
    find(`step-error-${index}`).textContent = hasMistake ? (simulation?.mistake?.message ?? '') : '';
  }
  if (rules !== undefined) for (const [id, options] of Object.entries(proposalsOf(rules))) show(id, options);
  const first = simulation?.runs[0]?.preview;
  show('verdicts', rules === undefined || first === undefined ? NONE : renderDecisions(first, rules));
  show('timeline', rules === undefined || simulation === undefined ? NONE : renderTimeline(simulation, rules));
  find('status').textContent = statusOf(seen);
  saveToAddress();
}

function statusOf({rules, event, simulation}: PageView): string {
  if (rules === undefined) return 'Nothing is decided: the rules have mistakes.';
  if ('error' in event || simulation === undefined) return 'Nothing is decided: the event has a mistake.';
  return summaryOf(simulation, rules);
}

/** Stores the state in the address, unless it is the example or too long. */
function saveToAddress(): void {
  const link = state === SAMPLE ? undefined : writeLink(state);
  const [page = ''] = location.href.split('#');
  history.replaceState(null, '', link === undefined ? page : `${page}#${link}`);
}

/** Reports an internal error, which must not look like "no rule matches". */
function updateOrReport(): void {
  try {
    update();
  } catch (error) {
    find('status').textContent = `The playground failed: ${messageOf(error)}`;
    for (const id of ['verdicts', 'timeline']) show(id, NONE);
  }
}

function scheduleUpdate(): void {
  clearTimeout(timer);
  timer = setTimeout(updateOrReport, PAUSE_MS);
}

/** Loads the state from the address. */
function open(): void {
  const link = location.hash.slice(1);
  const linked = link === '' ? SAMPLE : readLink(link);
  const notice = find('notice');
  notice.hidden = linked !== undefined;
  notice.textContent =
    linked === undefined ? "The link can't be read: it is incomplete or was changed. The page shows the example." : '';
  state = linked ?? SAMPLE;
  fill();
}

/** Fills all input fields from the state. */
function fill(): void {
  find<HTMLTextAreaElement>('rules').value = state.rules;
  for (const name of FIELDS) find<HTMLInputElement>(name).value = state.event[name];
  fillMode();
  fillSteps();
  updateOrReport();
}

function fillMode(): void {
  const isJson = state.event.mode === 'json';
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=mode]')) {
    radio.checked = radio.value === state.event.mode;
  }
  find('fields').hidden = isJson;
  for (const id of ['json', 'json-label']) find(id).hidden = !isJson;
}

function fillSteps(): void {
  markupOf.delete('steps'); // handleInput text is in the fields, not in the markup
  show('steps', renderSteps(state.steps));
}

function handleInput({target}: Event): void {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return;
  const {id, value} = target;
  const [index = '', field = ''] = (target.dataset['field'] ?? '').split('-');
  if (id === 'rules') state = {...state, rules: value};
  else if (target.name === 'mode') switchMode(value === 'json' ? 'json' : 'form');
  else if (field !== '') state = {...state, steps: withStep(state.steps, Number(index), {[field]: value})};
  else state = {...state, event: {...state.event, [id]: value}};
  scheduleUpdate();
}

function withStep(steps: readonly TypedStep[], at: number, changed: Readonly<Record<string, string>>): TypedStep[] {
  return steps.map((step, index) => (index === at ? {...step, ...changed} : step));
}

/** The first switch to JSON starts with the event of the fields. */
function switchMode(mode: 'form' | 'json'): void {
  let {json} = state.event;
  if (mode === 'json' && json === '') {
    try {
      json = eventText(state.event, Date.now());
    } catch {
      json = ''; // the page shows the mistakes next to the fields
    }
  }
  state = {...state, event: {...state.event, mode, json}};
  find<HTMLTextAreaElement>('json').value = json;
  fillMode();
}

function handleClick({target}: Event): void {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>('button[data-action]') : null;
  if (button === null) return;
  const {action = '', step, line, column} = button.dataset;
  if (action === 'go') moveCursorTo(Number(line), Number(column));
  else if (action === 'sample') restart();
  else if (action === 'results')
    find('status').focus(); // also scrolls there
  else if (action === 'remove') remove(Number(step));
  else if (action === 'copy-link') void copyLink(button);
  else add(newStep(action));
}

function newStep(action: string): TypedStep {
  if (action === 'add-wait') return {kind: 'wait', wait: '10m'};
  if (action === 'add-ack') return {kind: 'ack', rule: shown?.rules?.rules[0]?.name ?? ''};
  return {kind: 'change', property: shown?.property ?? '', to: ''};
}

function add(step: TypedStep): void {
  state = {...state, steps: [...state.steps, step]};
  fillSteps();
  updateOrReport();
  const inputs = find('steps').querySelectorAll<HTMLInputElement>('li:last-child input');
  inputs[inputs.length - 1]?.focus();
}

function remove(at: number): void {
  state = {...state, steps: state.steps.filter((_, index) => index !== at)};
  fillSteps();
  updateOrReport();
  const buttons = find('steps').querySelectorAll<HTMLButtonElement>('button');
  (
    buttons[Math.min(at, buttons.length - 1)] ?? document.querySelector<HTMLButtonElement>('[data-action=add-change]')
  )?.focus();
}

function restart(): void {
  state = SAMPLE;
  fill();
}

/** Moves the cursor to a mistake. Lines and columns start at 1. */
function moveCursorTo(line: number, column: number): void {
  const area = find<HTMLTextAreaElement>('rules');
  const before = area.value.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  const end = area.value.indexOf('\n', start);
  area.focus();
  area.setSelectionRange(start, end === -1 ? area.value.length : end);
  area.scrollTop = Math.max(0, (line - 4) * (area.scrollHeight / (area.value.split('\n').length + 1)));
}

async function copyLink(button: HTMLButtonElement): Promise<void> {
  const link = writeLink(state);
  button.textContent =
    link === undefined ? 'Too long for a link' : await copyText(`${location.href.split('#')[0]}#${link}`);
  setTimeout(() => {
    button.textContent = 'Copy link';
  }, 2000);
}

async function copyText(link: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(link);
    return 'Copied';
  } catch {
    return 'Copy it from the address bar'; // no permission
  }
}

document.addEventListener('input', handleInput);
document.addEventListener('click', handleClick);
window.addEventListener('hashchange', open);
find('rules').addEventListener('scroll', () => {
  find('gutter').scrollTop = find('rules').scrollTop;
});
open();
