/** Access to Port's runs, with the secret of `PORT_CLIENT_SECRET` that currently belongs to `PORT_CLIENT_ID`. */
import {RequestError} from '../../src/base/errors.ts';
import type {PortClient} from '../../src/clients/port.ts';
import type {PortDeps} from '../../src/clients/port-call.ts';

export type PortRuns = Pick<PortClient, 'closeRun'>;

export interface PortSettings {
  readonly clientId: string;
  readonly apiUrl: string;
  /** One of them belongs to the client. */
  readonly secrets: readonly string[];
}

/**
 * While secrets are rotated, Port knows one of them and answers 401 to the others. The one that worked last is tried first.
 * Rejects as the client does, with 401 only if every secret was refused.
 */
export function createPortRuns({clientId, apiUrl, secrets}: PortSettings, deps: PortDeps): PortRuns {
  let clients: PortRuns[] | undefined; // in the order in which they are tried
  return {
    async closeRun(runId, report) {
      // Loaded with the first run, as few relays need it. `eager` keeps the bundle in one file.
      const {createPortClient} = await import(/* webpackMode: "eager" */ '../../src/clients/port.ts');
      clients ??= secrets.map(clientSecret => createPortClient({clientId, apiUrl, clientSecret}, deps));
      let refusal: unknown;
      for (const client of clients) {
        try {
          const closing = await client.closeRun(runId, report);
          clients = [client, ...clients.filter(other => other !== client)];
          return closing;
        } catch (error) {
          if (!(error instanceof RequestError) || error.status !== 401) throw error;
          refusal = error;
        }
      }
      throw refusal;
    },
  };
}
