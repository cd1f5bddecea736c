/** The checks of the rules, Port and the relay. */
import {withoutLogin} from '../../secrets/secrets.ts';
import {checkAuditLog, checkAutomations} from './checks/check-port.ts';
import {checkRelay, checkSignature} from './checks/check-relay.ts';
import type {Deps, DoctorFacts, Examination} from './facts.ts';
import {blockedBy, failed, notChecked} from './finding.ts';

const NO_RELAY = notChecked(
  '--relay is not set, and Port has no automation of init that contains the URL of the relay',
);

export function checksOfPort({settings}: Examination, facts: DoctorFacts, deps: Deps) {
  /** The rules and the credentials, or findings that explain why they are missing. */
  const both = async () => {
    const [{value: port}, {value: known}] = await Promise.all([facts.port, facts.rules]);
    if (settings.port.value === undefined) return settings.port.findings;
    if (port === undefined || !port.isKnown) return [blockedBy('port-credentials')];
    return known?.rules === undefined ? [blockedBy('rules')] : {rules: known.rules, credentials: settings.port.value};
  };
  const relay = facts.url.then(url =>
    url === undefined ? {findings: [NO_RELAY], isReached: false} : checkRelay(url, deps().fetch),
  );
  return {
    rules: async () => (await facts.rules).findings,
    'port-credentials': async () => (await facts.port).findings,
    automations: async () => {
      const known = await both();
      const url = await facts.url;
      if (!('rules' in known)) return known;
      if (url === undefined) return [failed('Port has no automation that init created.', NO_AUTOMATION)];
      return checkAutomations({...known, url, relay: withoutLogin(url)}, deps());
    },
    'audit-log': async () => {
      const known = await both();
      return 'rules' in known ? checkAuditLog(known.rules, known.credentials, deps()) : known;
    },
    relay: async () => (await relay).findings,
    signature: async () => {
      const [url, {isReached}] = await Promise.all([facts.url, relay]);
      if (url === undefined) return [NO_RELAY];
      if (!isReached) return [blockedBy('relay')];
      const {value: secret, ...rest} = settings.secret;
      if (secret === undefined) return 'findings' in rest ? rest.findings : [];
      return checkSignature(url, secret, deps());
    },
  };
}

const NO_AUTOMATION = 'port-reactor init --relay <url>, then port-reactor doctor --relay <url>';
