/** A job's log as GitHub's page shows it: groups are collapsible, errors are red. Pure. */

import type {Html} from '../../base/text/html.ts';
import {html} from '../../ui/html.ts';
import type {LogLine} from '../fakes/runner-log.ts';

/** The first group repeats the step's inputs. It is collapsed, as on GitHub. */
export function renderLog(lines: readonly LogLine[]): Html {
  const sections = sectionsOf(lines);
  return html`<div class="log">${sections.map(({title, inner}, index) => {
    const paragraphs = inner.map(renderLine);
    if (title === undefined) return html`${paragraphs}`;
    return index === 0
      ? html`<details><summary>${title}</summary>${paragraphs}</details>`
      : html`<details open><summary>${title}</summary>${paragraphs}</details>`;
  })}</div>`;
}

interface Section {
  readonly title: string | undefined;
  readonly inner: LogLine[];
}

function sectionsOf(lines: readonly LogLine[]): Section[] {
  const sections: Section[] = [];
  for (const line of lines) {
    if (line.kind === 'group') sections.push({title: line.text, inner: []});
    else if (line.kind === 'endgroup') sections.push({title: undefined, inner: []});
    else if (sections.length === 0) sections.push({title: undefined, inner: [line]});
    else sections.at(-1)?.inner.push(line);
  }
  return sections.filter(({title, inner}) => title !== undefined || inner.length > 0);
}

const LABELS: Readonly<Record<string, string>> = {error: 'Error: ', warning: 'Warning: ', notice: 'Notice: '};

function renderLine({kind, text}: LogLine): Html {
  return kind === 'text' ? html`<p>${text}</p>` : html`<p class="${kind}">${LABELS[kind] ?? ''}${text}</p>`;
}
