/** The settings of the relay's GitHub App, for GitHub's manifest flow. Pure. */
import type {SetupSettings} from './settings.ts';

/** @see https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest#github-app-manifest-parameters */
export interface Manifest {
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly redirect_url: string;
  readonly public: false;
  readonly hook_attributes: {readonly url: string; readonly active: false};
  readonly default_permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly default_events: readonly string[];
}

/** GitHub rejects longer names. */
const MAX_NAME = 34;

/** @param redirectUrl where GitHub sends the browser with the code */
export function appManifest({owner, repository, serverUrl}: SetupSettings, redirectUrl: string): Manifest {
  const page = `${serverUrl}/${repository}`;
  return {
    name: `port-reactor-${owner}`.slice(0, MAX_NAME).replace(/[-_]+$/, ''),
    url: page,
    description: 'Lets the relay of Port Reactor send repository_dispatch events.',
    redirect_url: redirectUrl,
    public: false,
    // The URL is required even if the webhook is inactive, and must be public.
    hook_attributes: {url: page, active: false},
    default_permissions: {contents: 'write', metadata: 'read'},
    default_events: [],
  };
}

/** The page that receives the manifest. @param org undefined for the account of the signed-in user */
export function registrationUrl(serverUrl: string, org: string | undefined, state: string): string {
  const account = org === undefined ? '' : `/organizations/${encodeURIComponent(org)}`;
  return `${serverUrl}${account}/settings/apps/new?state=${encodeURIComponent(state)}`;
}
