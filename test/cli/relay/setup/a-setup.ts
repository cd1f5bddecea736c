/** Settings of a setup, with the overrides of a test. */
import type {SetupSettings} from '../../../../src/cli/relay/setup/settings.ts';

export function aSetup(overrides: Partial<SetupSettings> = {}): SetupSettings {
  return {
    owner: 'acme',
    repository: 'acme/operations',
    org: undefined,
    serverUrl: 'https://github.com',
    apiUrl: 'https://api.github.com',
    smeeUrl: 'https://smee.io/new',
    file: 'relay.env',
    path: '/nowhere/relay.env',
    port: 0,
    waitMs: 1_800_000,
    portSecret: undefined,
    ...overrides,
  };
}
