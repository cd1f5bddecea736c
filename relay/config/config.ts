/** Parse: environment variables → the relay's settings, or all problems with them at once. */
import {ConfigError} from '../../src/base/errors.ts';
import {numberIn, Settings} from '../../src/base/settings/settings.ts';
import {readCredentials} from '../../src/clients/github/app/app-settings.ts';
import {disguisedValues, type Env, PROXIES} from './environment.ts';
import {PACE_VARIABLES, paceProblem} from './pace.ts';
import * as parse from './values.ts';

export type RelayConfig = ReturnType<typeof readSettings>;

function readSettings(settings: Settings) {
  return {
    /** 0 means any free port. */
    port: settings.read('PORT', numberIn(0, 65_535)),
    host: settings.read('HOST', parse.text),
    /** The secrets that Port can sign with. At least one. */
    secrets: settings.require('PORT_CLIENT_SECRET', parse.secretList, 'the client secret of your Port organization'),
    repository: settings.require('GITHUB_REPOSITORY', parse.repository, 'owner/name of the repository to dispatch to'),
    credentials: readCredentials(settings),
    apiUrl: settings.read('GITHUB_API_URL', parse.address),
    eventType: settings.read('REACTOR_EVENT_TYPE', parse.eventType),
    rules: settings.read('REACTOR_RULES', parse.rulesLocation),
    /** Must be the same in every copy of the relay. */
    partitions: settings.read('REACTOR_PARTITIONS', numberIn(1, 8)),
    /** Applies to this copy of the relay. */
    dispatchesPerMinute: settings.read('REACTOR_MAX_DISPATCHES_PER_MINUTE', numberIn(1, 10_000)),
    ackTimeoutMs: settings.read('REACTOR_ACK_TIMEOUT_SECONDS', numberIn(0.1, 60, {fraction: true})) * 1000,
    toleranceSeconds: settings.read('REACTOR_SIGNATURE_TOLERANCE_SECONDS', numberIn(1, 86_400)),
    maxBodyBytes: settings.read('REACTOR_MAX_BODY_BYTES', numberIn(1, 100 * 1024 * 1024)),
    /** If set, the Port runs of ignored changes are closed. `secrets` contains the client's secret. */
    portClientId: settings.readOptional('PORT_CLIENT_ID', parse.text),
    portApiUrl: settings.read('PORT_API_URL', parse.address),
    /** The smee channel to subscribe to. */
    proxyUrl: settings.readOptional('WEBHOOK_PROXY_URL', parse.address),
    logLevel: settings.read('LOG_LEVEL', parse.logLevel),
  };
}

/**
 * No message quotes a secret.
 * @throws {ConfigError} with all problems
 */
export function readConfig(env: Env): RelayConfig {
  const settings = new Settings(env, disguisedValues(env));
  const config = readSettings(settings);
  for (const name of PROXIES) settings.readOptional(name, parse.proxy);
  const {problems} = settings;
  const pace = PACE_VARIABLES.some(name => problems.has(name)) ? undefined : paceProblem(config);
  if (pace !== undefined) problems.set('REACTOR_PARTITIONS', pace);
  if (problems.size === 0) return config;
  const what = problems.size === 1 ? 'a setting is invalid' : `${problems.size} settings are invalid`;
  throw new ConfigError(
    `The relay can't start: ${what}. Fix these environment variables:`,
    [...problems.values()].map(message => ({message})),
  );
}
