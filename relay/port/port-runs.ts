/** Access to Port's runs with whichever secret of `PORT_CLIENT_SECRET` belongs to `PORT_CLIENT_ID` just now. */

import {RequestError} from '../../src/base/errors.ts';
import type {PortClient} from '../../src/clients/port.ts';
import type {PortDeps} from '../../src/clients/port-call.ts';
import type {RelayConfig} from '../config/config.ts';

export type PortRuns = Pick<PortClient, 'closeRun'>;

type PortSettings = Pick<RelayConfig, 'portClientId' | 'portApiUrl' | 'secrets'>;

/** Undefined without a `PORT_CLIENT_ID`. Rejects as the client does, with 401 only where every secret was refused. */
export function createPortRuns(settings: PortSettings, deps: PortDeps): PortRuns | undefined {
  const {portClientId, portApiUrl, secrets} = settings;
  if (portClientId === undefined) return undefined;
  const credentials = {clientId: portClientId, apiUrl: portApiUrl};
  let clients: Promise<PortRuns[]> | undefined; // in the order in which they are tried
  return {
    async closeRun(runId, report) {
      clients ??= createClients(credentials, secrets, deps);
      const inOrder = await clients;
      const {closing, by} = await firstAccepted(inOrder, client => client.closeRun(runId, report));
      if (by !== inOrder[0]) clients = Promise.resolve([by, ...inOrder.filter(client => client !== by)]);
      return closing;
    },
  };
}

/** Loaded only with the first run, as relays without a client id never need it; `eager` keeps the bundle in one file. */
async function createClients(
  credentials: {clientId: string; apiUrl: string},
  secrets: readonly string[],
  deps: PortDeps,
): Promise<PortRuns[]> {
  const {createPortClient} = await import(/* webpackMode: "eager" */ '../../src/clients/port.ts');
  return secrets.map(clientSecret => createPortClient({...credentials, clientSecret}, deps));
}

/** While secrets are rotated, Port knows one of them, and answers 401 to the others. */
async function firstAccepted<T>(clients: readonly PortRuns[], call: (client: PortRuns) => Promise<T>) {
  let refusal: unknown;
  for (const client of clients) {
    try {
      return {closing: await call(client), by: client};
    } catch (error) {
      if (!isUnauthorised(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function isUnauthorised(error: unknown): boolean {
  return error instanceof RequestError && error.status === 401;
}
