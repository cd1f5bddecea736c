/** Access to Port's runs, with the secret in `PORT_CLIENT_SECRET` that is valid for `PORT_CLIENT_ID`. */
import {RequestError} from '../../src/base/errors.ts';
import type {PortClient} from '../../src/clients/port.ts';
import type {PortDeps} from '../../src/clients/port-call.ts';

export type PortRuns = Pick<PortClient, 'closeRun'>;

export interface PortSettings {
  readonly clientId: string;
  readonly apiUrl: string;
  /** One of them is the client's secret. */
  readonly secrets: readonly string[];
}

/**
 * During a rotation of secrets, Port accepts one secret and responds to the others with 401. The last accepted one is tried
 * first. Rejects like the client, with 401 only if Port refused every secret.
 */
export function createPortRuns({clientId, apiUrl, secrets}: PortSettings, deps: PortDeps): PortRuns {
  let clients: PortRuns[] | undefined; // in the order in which they are tried
  return {
    async closeRun(runId, report) {
      // Loaded for the first run, because few relays need it. `eager` includes it in the main bundle.
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
