/** The real relay as a child process: its settings, its port, and its log. */
import {dirname} from 'node:path';
import {z} from 'zod';
import {ConfigError} from '../base/errors.ts';
import {type Child, type Children, onLines} from './children.ts';
import type {RecordedDelivery} from './history.ts';

export interface DemoRelaySettings {
  /** The built relay. */
  readonly script: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly secret: string;
  readonly repository: string;
  readonly githubUrl: string;
  readonly token: string;
  /** A smee channel as a source of webhooks. */
  readonly proxyUrl: string | undefined;
}

/** A log line of the relay that is not a delivery. */
export type OnRemark = (remark: string) => void;

export interface RelayEvents {
  readonly onDelivery: (delivery: RecordedDelivery) => void;
  readonly onRemark: OnRemark;
}

const LogLine = z.object({
  level: z.string(),
  time: z.string().catch(''),
  msg: z.string(),
  port: z.number().exactOptional(),
  status: z.number().exactOptional(),
  outcome: z.string().catch(''),
  blueprint: z.string().exactOptional(),
  entity: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  durationMs: z.number().exactOptional(),
});

/**
 * Resolves with the relay's address when it listens.
 * @throws {ConfigError} with the relay's messages, if it does not start
 */
export async function startRelayChild(
  settings: DemoRelaySettings,
  children: Children,
  {onDelivery, onRemark}: RelayEvents,
): Promise<string> {
  const child = children.start(settings.script, {cwd: dirname(settings.script), env: environment(settings)});
  const mistakes: string[] = [];
  onLines(child.stderr, line => mistakes.push(line));
  const port = await new Promise<number>((resolve, reject) => {
    onLines(child.stdout, text => {
      const line = parseLine(text);
      if (line?.msg === 'listening' && line.port !== undefined) resolve(line.port);
      else if (line?.msg === 'delivery') onDelivery(line);
      else if (line !== undefined && isRelevant(line.level)) onRemark([line.msg, line.reason].join(': '));
    });
    failEarly(child, mistakes, reject);
  });
  child.once('close', code => children.isStopping || onRemark(`it ended with exit code ${code}. Start the demo again`));
  return `http://127.0.0.1:${port}`;
}

/** Loopback only: other machines must not post to a demo. */
function environment({
  port,
  secret,
  repository,
  githubUrl,
  token,
  proxyUrl,
}: DemoRelaySettings): Record<string, string> {
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: secret,
    GITHUB_REPOSITORY: repository,
    GITHUB_TOKEN: token,
    GITHUB_API_URL: githubUrl,
    ...(proxyUrl === undefined ? {} : {WEBHOOK_PROXY_URL: proxyUrl}),
  };
}

function failEarly(child: Child, mistakes: readonly string[], reject: (error: Error) => void): void {
  child.once('error', error => reject(error));
  child.once('close', code => {
    const shown = mistakes.length === 0 ? [`it ended with exit code ${code}`] : mistakes;
    reject(
      new ConfigError(
        'The relay did not start:',
        shown.map(message => ({message})),
      ),
    );
  });
}

function isRelevant(level: string): boolean {
  return ['warn', 'error', 'fatal'].includes(level);
}

function parseLine(text: string): z.infer<typeof LogLine> | undefined {
  try {
    return LogLine.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
