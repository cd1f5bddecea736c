/**
 * The settings of the relay. The relay, its help and the documentation take names, defaults and descriptions from this table.
 */

export interface RelayVariable {
  readonly name: string;
  /** The value if the variable is not set, as text. */
  readonly default?: string;
  /** Shown in place of a default. */
  readonly required?: 'required' | 'required, or a GitHub App' | 'with a GitHub App';
  /** One sentence in Markdown, without a full stop. */
  readonly meaning: string;
  /** Belongs in a secret store, not in a settings file. */
  readonly isSecret?: true;
}

/** All variables, in the order of the documentation. relay/config/config.ts validates their values. */
export const RELAY_VARIABLES: readonly RelayVariable[] = [
  {name: 'PORT', default: '3000', meaning: 'Port to listen on. `0` selects any free port, and the log shows which one'},
  {name: 'HOST', default: '0.0.0.0', meaning: 'Address to listen on'},
  {
    name: 'PORT_CLIENT_SECRET',
    isSecret: true,
    required: 'required',
    meaning: 'Secret that Port signs with. Separate several by commas while you rotate them',
  },
  {
    name: 'GITHUB_REPOSITORY',
    required: 'required',
    meaning: '`owner/name` of the repository that receives the dispatches',
  },
  {
    name: 'GITHUB_TOKEN',
    isSecret: true,
    required: 'required, or a GitHub App',
    meaning: 'Fine-grained token with Contents: write on that repository',
  },
  {
    name: 'GITHUB_APP_ID',
    required: 'with a GitHub App',
    meaning: 'App ID or client ID of a GitHub App with Contents: write',
  },
  {
    name: 'GITHUB_APP_PRIVATE_KEY',
    isSecret: true,
    required: 'with a GitHub App',
    meaning: 'Private key of the App: the PEM with real or `\\n` newlines, or base64 of it',
  },
  {name: 'GITHUB_APP_INSTALLATION_ID', meaning: 'Installation of the App. The relay looks it up by default'},
  {
    name: 'GITHUB_API_URL',
    default: 'https://api.github.com',
    meaning: 'URL of the API, for GitHub Enterprise Server',
  },
  {name: 'REACTOR_EVENT_TYPE', default: 'port-catalog-change', meaning: '`event_type` of the dispatches'},
  {
    name: 'REACTOR_RULES',
    default: '.github/port-reactor.yml',
    meaning:
      'Rules file: a path in the repository, `file:<path>` on disk, or `none`. Changes that no rule reacts to are not dispatched. If the rules cannot be read, every change is dispatched',
  },
  {
    name: 'REACTOR_PARTITIONS',
    default: '4',
    meaning: 'Number of partitions, 1 to 8, the same in every copy. Changes of one entity share a partition',
  },
  {
    name: 'REACTOR_MAX_DISPATCHES_PER_MINUTE',
    default: '60',
    meaning: 'Dispatches per minute of this copy. If you run several copies, divide the limit among them',
  },
  {
    name: 'REACTOR_ACK_TIMEOUT_SECONDS',
    default: '8',
    meaning: 'Maximum time that a webhook is held. The relay then responds with 503',
  },
  {name: 'REACTOR_SIGNATURE_TOLERANCE_SECONDS', default: '300', meaning: 'Replay window, in both directions'},
  {name: 'REACTOR_MAX_BODY_BYTES', default: '1048576', meaning: 'Larger bodies are refused with 413'},
  {
    name: 'PORT_CLIENT_ID',
    meaning:
      'With it, the relay closes the Port runs of changes that no rule reacts to. With incidents shown in Port, it ignores what the action itself writes there: give it the client ID of the action',
  },
  {
    name: 'PORT_API_URL',
    default: 'https://api.port.io',
    meaning: "URL of Port's API. US region: `https://api.us.port.io`",
  },
  {name: 'WEBHOOK_PROXY_URL', meaning: 'A smee channel that the relay reads webhooks from'},
  {name: 'LOG_LEVEL', default: 'info', meaning: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`'},
];

/** The default of a variable, as text. */
export function defaultOf(name: string): string | undefined {
  return RELAY_VARIABLES.find(variable => variable.name === name)?.default;
}
