/** Access to Port's runs, with the secret of `PORT_CLIENT_SECRET` that currently belongs to `PORT_CLIENT_ID`. */

import {RequestError} from '../../src/base/errors.ts';
import type {PortClient} from '../../src/clients/port.ts';
import type {PortDeps} from '../../src/clients/port-call.ts';
import type {RelayConfig} from '../config/config.ts';

export type PortRuns = Pick<PortClient, 'closeRun'>;

type PortSettings = Pick<RelayConfig, 'portClientId' | 'portApiUrl' | 'secrets'>;

/**
 * While secrets are rotated, Port knows one of them and answers 401 to the others. The one that worked last is tried first.
 * @returns undefined without a `PORT_CLIENT_ID`. Rejects as the client does, with 401 only if every secret was refused.
 */
export function createPortRuns(settings: PortSettings, deps: PortDeps): PortRuns | undefined {
  const {portClientId: clientId, portApiUrl: apiUrl, secrets} = settings;
  if (clientId === undefined) return undefined;
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
