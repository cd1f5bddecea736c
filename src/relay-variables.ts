/** The relay's settings as people are told of them: each environment variable with one line. What they hold is read in relay/config.ts. */

export interface RelayVariable {
  readonly name: string;
  /** What it is, and what it is unless set. */
  readonly meaning: string;
}

/** All of them, in the order of the README. */
export const RELAY_VARIABLES: readonly RelayVariable[] = [
  {name: 'PORT', meaning: 'where to listen (default: 3000; 0: any free port)'},
  {name: 'HOST', meaning: 'the address to listen on (default: 0.0.0.0)'},
  {name: 'PORT_CLIENT_SECRET', meaning: 'required: what Port signs with; several with commas between them'},
  {name: 'GITHUB_REPOSITORY', meaning: 'required: owner/name of the repository that receives the dispatches'},
  {name: 'GITHUB_TOKEN', meaning: 'required, or a GitHub App: a token with Contents: write'},
  {name: 'GITHUB_APP_ID', meaning: 'its App ID or client ID'},
  {name: 'GITHUB_APP_PRIVATE_KEY', meaning: 'its key: PEM, also with \\n for newlines, or base64 of it'},
  {name: 'GITHUB_APP_INSTALLATION_ID', meaning: 'its installation (default: found by the repository)'},
  {name: 'GITHUB_API_URL', meaning: 'for GitHub Enterprise Server (default: https://api.github.com)'},
  {name: 'REACTOR_EVENT_TYPE', meaning: 'event_type of the dispatch (default: port-catalog-change)'},
  {name: 'REACTOR_RULES', meaning: 'path in the repository, file:<path> or none (default: .github/port-reactor.yml)'},
  {name: 'REACTOR_PARTITIONS', meaning: 'number of partitions, 1 to 8, the same in every copy (default: 4)'},
  {name: 'REACTOR_MAX_DISPATCHES_PER_MINUTE', meaning: 'budget towards GitHub, of this copy (default: 60)'},
  {name: 'REACTOR_ACK_TIMEOUT_SECONDS', meaning: 'longest time a webhook is held (default: 8)'},
  {name: 'REACTOR_SIGNATURE_TOLERANCE_SECONDS', meaning: 'replay window, in both directions (default: 300)'},
  {name: 'REACTOR_MAX_BODY_BYTES', meaning: 'larger bodies are answered 413 (default: 1048576)'},
  {name: 'PORT_CLIENT_ID', meaning: 'with it, the Port runs of ignored changes are closed'},
  {name: 'PORT_API_URL', meaning: 'where Port is (default: https://api.port.io)'},
  {name: 'WEBHOOK_PROXY_URL', meaning: 'a smee channel that the relay feeds itself from'},
  {name: 'LOG_LEVEL', meaning: 'trace, debug, info, warn, error, fatal or silent (default: info)'},
];
