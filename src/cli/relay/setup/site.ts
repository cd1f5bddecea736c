/** The routes of the setup page, below a secret path. Only host names of this machine are accepted. */
import type {ServerResponse} from 'node:http';
import {messageOf} from '../../../base/errors.ts';
import type {Handler, Reply, Request} from '../../../ui/local-server.ts';
import type {NextStep} from '../../shared/next-step.ts';
import {CodeError} from './github.ts';
import {appManifest} from './manifest.ts';
import {isSame, OneTimeState, randomToken} from './one-time.ts';
import {renderPage, renderProblem, type SetupPageContext} from './page.ts';
import type {Session} from './session.ts';
import type {SetupSettings} from './settings.ts';

export interface SiteDeps {
  readonly settings: SetupSettings;
  /** The organization that will own the App. Undefined for the signed-in user. */
  readonly org: string | undefined;
  readonly session: Session;
  /** Exchanges the code for the App, and updates the session. @throws {CodeError} @throws {ConfigError} */
  readonly create: (code: string) => Promise<void>;
  readonly cancel: () => void;
  readonly next: () => readonly NextStep[];
  /** Receives the errors that the page shows. */
  readonly report: (problem: string) => void;
}

export interface SetupSite {
  readonly handler: Handler;
  /** `/<random>/` */
  readonly path: string;
  /** Resolves when a browser has received the last page. */
  readonly lastPageSent: Promise<void>;
}

export function createSetupSite(deps: SiteDeps): SetupSite {
  const token = randomToken();
  const {promise: lastPageSent, resolve} = withResolver();
  const site = new Site(deps, `/${token}/`, resolve);
  const handler: Handler = (request, response) => {
    // Prevents DNS rebinding, in which another site points its own host name to this server.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(request.headers.host ?? ''))
      return plain(421, 'This is not the host.');
    if (request.path === '/favicon.ico') return {status: 204};
    const [, given = '', route = ''] = /^\/([^/]+)\/(\w*)$/.exec(request.path) ?? [];
    return isSame(given, token) ? site.answer(route, request, response) : plain(404, 'Page not found.');
  };
  return {handler, path: `/${token}/`, lastPageSent};
}

class Site {
  readonly #state = new OneTimeState();
  readonly #deps: SiteDeps;
  readonly #path: string;
  readonly #onLastPage: () => void;

  constructor(deps: SiteDeps, path: string, onLastPage: () => void) {
    this.#deps = deps;
    this.#path = path;
    this.#onLastPage = onLastPage;
  }

  answer(route: string, request: Request, response: ServerResponse): Promise<Reply> | Reply | undefined {
    switch (`${request.method} ${route}`) {
      case 'GET ':
        return this.#show(request, response);
      case 'GET callback':
        return this.#receive(request);
      case 'GET events':
        return streamChanges(this.#deps.session, response);
      case 'POST cancel':
        this.#deps.cancel();
        return this.#back();
      default:
        return plain(404, 'Page not found.');
    }
  }

  #show(request: Request, response: ServerResponse): Reply {
    const {phase} = this.#deps.session;
    if (phase.kind === 'installed' || phase.kind === 'ended') response.once('finish', this.#onLastPage);
    return this.#page(200, renderPage(phase, this.#context(request)));
  }

  /** GitHub redirects the browser here, with the code. */
  async #receive(request: Request): Promise<Reply> {
    const [state, code] = [request.query.get('state') ?? '', request.query.get('code') ?? ''];
    if (!this.#state.use(state)) return this.#refuse(request, {status: 403, ...INVALID_STATE});
    if (code === '') return this.#refuse(request, {status: 400, ...NO_CODE});
    try {
      await this.#deps.create(code);
      return this.#back(); // removes the code from the address
    } catch (error) {
      const isRetryable = error instanceof CodeError && error.isRetryable;
      if (isRetryable) this.#state.restore(state);
      return this.#refuse(request, {
        status: 502,
        title: 'This step failed',
        message: messageOf(error),
        again: !isRetryable,
      });
    }
  }

  #refuse(request: Request, {status, title, message, again = true}: Refusal): Reply {
    this.#deps.report(message);
    return this.#page(status, renderProblem({title, message, again}, this.#context(request)));
  }

  #context({headers}: Request): SetupPageContext {
    const {settings, org, next} = this.#deps;
    const manifest = appManifest(settings, `http://${headers.host}${this.#path}callback`);
    return {settings, org, manifest, state: this.#state.value, next: next()};
  }

  #back(): Reply {
    return {status: 303, headers: {location: this.#path, 'cache-control': 'no-store'}};
  }

  #page(status: number, body: string): Reply {
    return {status, headers: {...HEADERS, 'content-type': 'text/html; charset=utf-8'}, body};
  }
}

interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly message: string;
  /** Whether the page links to the start. */
  readonly again?: boolean;
}

const INVALID_STATE = {
  title: 'This answer does not belong to this setup',
  message:
    'The state in the URL is not the one that this setup sent to GitHub, or it was used before. Nothing was changed.',
};

const NO_CODE = {
  title: 'No App was created',
  message: 'GitHub sent no code, so it did not create an App.',
};

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "frame-ancestors 'none'", // not allowed in a meta element, which contains the other directives
};

function plain(status: number, text: string): Reply {
  return {status, headers: {...HEADERS, 'content-type': 'text/plain; charset=utf-8'}, body: `${text}\n`};
}

function streamChanges(session: Session, response: ServerResponse): undefined {
  response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store'});
  response.write(': changes of the setup\n\n');
  const send = () => void response.write('data: changed\n\n');
  response.on('close', session.onChange(send));
  if (session.phase.kind !== 'created') send(); // the phase changed after the page was rendered
}

function withResolver(): {promise: Promise<void>; resolve: () => void} {
  let resolve = () => {};
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return {promise, resolve};
}
