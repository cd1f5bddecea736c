/** The terminal output of the demo, except for the runs: start, webhook results, end. Pure. */
import {count, showDuration} from '../../base/text/show.ts';
import type {RelayAnswer} from '../../cli/send/post-webhook.ts';
import {type Line, line, lineWidth, mark, type Style, span, wrap} from '../../ui/terminal.ts';
import type {RecordedDelivery, RecordedRun} from '../history.ts';
import {type ScreenContext, stage} from './layout.ts';

export function renderOpening(context: ScreenContext): Line[] {
  const slack = context.isRealSlack ? '' : ', Slack';
  const where = context.isRealSlack
    ? 'Messages go to your Slack (SLACK_WEBHOOK_URL). Nothing else leaves this machine.'
    : 'Nothing leaves this machine. To post to your Slack, set SLACK_WEBHOOK_URL.';
  return [
    line(),
    ...wrap(
      line(
        span('Port Reactor demo', 'bold'),
        ': a catalog change, the rules that decide, the Slack message, the remediation.',
      ),
      context.width,
    ),
    line(),
    ...stage('Real', [line('the relay, the action, .github/port-reactor.yml and .github/remediations/*.sh')], context),
    ...stage(
      '',
      [line(`Simulated: Port, GitHub and its runner${slack}, and the kubectl and psql that the scripts call`)],
      context,
    ),
    ...stage('', [line(span(where, 'dim'))], context),
  ];
}

/** A horizontal rule with a title. */
export function renderHeading(title: string, {width}: ScreenContext): Line[] {
  const text = line(span(title, 'bold'), ' ');
  return [line(), [...text, span('─'.repeat(Math.max(width - lineWidth(text), 3)), 'dim')]];
}

/** A webhook and the relay's response. */
interface Exchange {
  readonly what: string;
  readonly bytes: number;
  readonly answer: RelayAnswer;
  readonly tookMs: number;
}

export function renderExchange({what, bytes, answer, tookMs}: Exchange, context: ScreenContext): Line[] {
  return [
    ...stage('Port', [line(what, span(`  signed webhook, ${bytes.toLocaleString('en-US')} bytes`, 'dim'))], context),
    ...stage('Relay', [[...answerOf(answer), span(`  in ${tookMs} ms`, 'dim')]], context),
  ];
}

function answerOf({status, answer}: RelayAnswer): Line {
  const body = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  const word = typeof body['status'] === 'string' ? body['status'] : '';
  const why = body['reason'] ?? body['error'] ?? '';
  return line(span(`${status} ${word}`.trim(), statusStyle(status), 'bold'), why === '' ? '' : `: ${String(why)}`);
}

function statusStyle(status: number | undefined): Style {
  if (status === undefined || status >= 400) return 'red';
  return status === 202 ? 'green' : 'yellow';
}

/** A webhook from another sender, as the relay logged it. */
export function renderDelivery({status, outcome, entity, reason}: RecordedDelivery, context: ScreenContext): Line[] {
  const who = entity === undefined ? '' : ` ${entity}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return stage(
    'Relay',
    [line(span(`${status ?? ''} ${outcome}`.trim(), statusStyle(status), 'bold'), who, why)],
    context,
  );
}

interface Closing {
  /** The differences from the expected results. */
  readonly different: readonly string[];
  readonly tookMs: number;
  /** The path of the page with the runs. */
  readonly page: string;
}

/** The result of the scenario, and the page that shows it. */
export function renderClosing(
  {runs, deliveries}: {readonly runs: readonly RecordedRun[]; readonly deliveries: readonly RecordedDelivery[]},
  {different, tookMs, page}: Closing,
  context: ScreenContext,
): Line[] {
  const posts = runs.flatMap(({ended}) => ended?.posts ?? []);
  const tally = [count(deliveries.length, 'webhook'), count(runs.length, 'run'), count(posts.length, 'Slack message')];
  const totals = `${tally.join(', ')} in ${showDuration(tookMs)}.`;
  const verdict =
    different.length === 0
      ? line(mark(true), span('All checks passed', 'bold'), `: ${totals}`)
      : line(mark(false), span('Some checks failed', 'bold', 'red'), `: ${totals}`);
  const where = {...span(page, 'underline'), href: `${context.pagesUrl}/index.html`};
  return [
    line(),
    ...wrap(verdict, context.width),
    ...different.flatMap(what => wrap(line(`  - ${what}`), context.width)),
    line(),
    line('The runs, as the Actions tab would show them: '),
    line('  ', where),
  ];
}

/** How to send changes by hand while the demo keeps running. */
export function renderTryIt(
  commands: readonly {title: string; command: string}[],
  {relayUrl, taken, isFed}: {readonly relayUrl: string; readonly taken: number | undefined; readonly isFed: boolean},
  {serverUrl, width}: ScreenContext,
): Line[] {
  const portNote = taken === undefined ? '' : `  (port ${taken} is in use)`;
  const intro = [
    line('The relay and the page keep running. Changes to .github/port-reactor.yml apply within 30 seconds.'),
    line(span('  Runs   ', 'dim'), {...span(serverUrl, 'underline'), href: serverUrl}),
    line(span('  Relay  ', 'dim'), `${relayUrl}/webhooks/port`, span(portNote, 'yellow')),
    ...(isFed ? [line(span('  Port   ', 'dim'), 'everything that it posts to WEBHOOK_PROXY_URL')] : []),
  ];
  // Commands are not wrapped, so that they can be copied.
  const typed = commands.flatMap(({title, command}) => [
    line(),
    line(span(`# ${title}`, 'dim')),
    ...command.split('\n').map(part => line(part)),
  ]);
  return [line(), ...intro.flatMap(one => wrap(one, width)), ...typed, line(), line('Ctrl-C ends it.'), line()];
}
