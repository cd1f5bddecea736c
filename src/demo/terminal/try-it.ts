/** Commands for sending changes to the demo by hand. Pure. */
import {shellWord} from '../../cli/shared/input/scalar.ts';

export interface TryIt {
  readonly relayUrl: string;
  /** Undefined if the user's environment already contains a secret of their own. The demo does not show it. */
  readonly secret: string | undefined;
  /** The command line as it was called. */
  readonly cli: string;
  /** A recorded event. */
  readonly event: string;
}

/** Commands for a POSIX shell. After the first one, each works independently. */
export function tryItCommands({relayUrl, secret, cli, event}: TryIt): {title: string; command: string}[] {
  // The relay accepts several secrets, separated by commas, during a rotation.
  const key = secret === undefined ? `\${PORT_CLIENT_SECRET%%,*}` : '$PORT_CLIENT_SECRET';
  const send = `node ${shellWord(cli)} send --relay ${relayUrl}`;
  return [
    ...(secret === undefined
      ? []
      : [{title: 'The secret, in another terminal', command: `export PORT_CLIENT_SECRET=${secret}`}]),
    {
      title: 'A change, as Port would send it',
      command: `${send} \\\n  --entity notification-service-prod --property healthStatus --from Healthy --to Crashed`,
    },
    {
      title: 'The same with curl, from a recorded event',
      command: [
        `event=${shellWord(event)} time=$(date +%s)`,
        `signature=$({ printf '%s.' "$time"; cat "$event"; } |`,
        `  openssl dgst -sha256 -hmac "${key}" -binary | base64)`,
        `curl -sS ${relayUrl}/webhooks/port -H 'content-type: application/json' \\`,
        '  -H "x-port-timestamp: $time" -H "x-port-signature: v1,$signature" --data-binary "@$event" -w "\\n"',
      ].join('\n'),
    },
  ];
}
