/**
 * Requests of an attacker, generated from a seed: signed webhooks that were changed, and bytes that are not HTTP. Each has a flag that
 * is true if a holder of the secret signed its body.
 */
import {sign} from '../../../src/base/signature.ts';
import {portBody, portBodyNames} from './fixtures.ts';
import type {Random} from './random.ts';

export interface HostileRequest {
  /** How the request was changed, for messages. */
  readonly name: string;
  /** The bytes for the socket. */
  readonly bytes: Buffer;
  /** True if the relay may accept it: the signature is valid, recent and over these bytes. */
  readonly isAuthentic: boolean;
}

export interface HostileOptions {
  readonly secret: string;
  readonly random: Random;
  /** A text in the body, the headers or the path of every unverified request. The relay must never print it. */
  readonly canary: string;
  readonly now: () => number;
}

/** The parts of a request. */
interface Parts {
  method: string;
  path: string;
  /** In order, with duplicates. */
  headers: [string, string][];
  body: Buffer;
}

type Attack = (options: HostileOptions) => Omit<HostileRequest, 'name'>;

/** An endless series of requests. The kinds of attack take turns, so that a short series contains all of them. */
export function* hostileRequests(options: HostileOptions): Generator<HostileRequest, never> {
  for (;;) for (const [name, attack] of Object.entries(ATTACKS)) yield {name, ...attack(options)};
}

/** A webhook that the relay accepts. */
export function validRequest(options: HostileOptions): Buffer {
  return toBytes(signed(JSON.stringify(portBody('automation-update')), options));
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'a body that was changed after it was signed': options => {
    const parts = signed(withCanary(options), options);
    parts.body = flipBytes(parts.body, options.random);
    return forged(parts);
  },
  'a body of another message': options => {
    const parts = signed(JSON.stringify(anyBody(options.random)), options);
    parts.body = Buffer.from(withCanary(options));
    setHeader(parts, 'content-length', String(parts.body.length));
    return forged(parts);
  },
  'a wrong signature': options => {
    const parts = signed(withCanary(options), options);
    setHeader(parts, 'x-port-signature', badSignature(header(parts, 'x-port-signature'), options));
    return forged(parts);
  },
  'a wrong timestamp': options => {
    const parts = signed(withCanary(options), options);
    setHeader(parts, 'x-port-timestamp', badTimestamp(options));
    return forged(parts);
  },
  'a signature that was valid an hour ago': options => {
    return forged(signed(withCanary(options), {...options, now: () => options.now() - 3_600_000}));
  },
  'a signature by another secret': options => {
    return forged(signed(withCanary(options), {...options, secret: options.random.hex(16)}));
  },
  'headers left out, repeated or misspelt': options => {
    const parts = signed(withCanary(options), options);
    const name = options.random.pick(['x-port-signature', 'x-port-timestamp']);
    const kept = parts.headers.filter(([key]) => key !== name);
    const repeated = parts.headers.flatMap(([key, value]) =>
      key === name
        ? [
            [key, value],
            [key, options.canary],
          ]
        : [[key, value]],
    );
    parts.headers = options.random.chance(0.5) ? kept : (repeated as [string, string][]);
    return forged(parts);
  },
  'no signature, and a hostile body': options => {
    const body = `${hostileJson(options.random)}${options.canary}`;
    return forged({method: 'POST', path: '/webhooks/port', headers: lengthOf(body), body: Buffer.from(body)});
  },
  'JSON with anything in it, signed': options => {
    const body = mutateJson(JSON.stringify(anyBody(options.random)), options.random);
    return {bytes: toBytes(signed(body, options)), isAuthentic: true};
  },
  'bytes that are not JSON, signed': options => {
    const body = flipBytes(Buffer.from(JSON.stringify(anyBody(options.random))), options.random);
    return {bytes: toBytes(signed(body, options)), isAuthentic: true};
  },
  'a hostile value as the whole body, signed': options => {
    return {bytes: toBytes(signed(hostileJson(options.random), options)), isAuthentic: true};
  },
  'another type of content': options => {
    const parts = signed(withCanary(options), options);
    const type = options.random.pick([
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      '',
      'a'.repeat(8000),
    ]);
    setHeader(parts, 'content-type', type);
    return forged(parts);
  },
  'a body that claims to be compressed': options => {
    const parts = signed(withCanary(options), options);
    parts.headers.push(['content-encoding', options.random.pick(['gzip', 'br', 'deflate', 'x', options.canary])]);
    return forged(parts);
  },
  'another method or route': options => {
    const parts = signed(withCanary(options), options);
    const {random, canary} = options;
    if (random.chance(0.5))
      parts.method = random.pick(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'post', 'X']);
    else
      parts.path = `/${random.pick(['webhooks/port/x', 'webhooks%2fport', '..', `${canary}?a=%`, '%00', 'webhooks/Port2', '%ff'])}`;
    return forged(parts);
  },
  'wrong framing': options => {
    const parts = signed(withCanary(options), options);
    const {random} = options;
    const length = random.pick(['-1', '1e3', '0x10', '99999999999999999999', String(parts.body.length - 1), '5, 6']);
    if (random.chance(0.5)) setHeader(parts, 'content-length', length);
    else
      parts.headers.push([
        'transfer-encoding',
        random.pick(['chunked', 'gzip, chunked', 'chunked, chunked', 'x', 'identity']),
      ]);
    return forged(parts);
  },
  'a body that claims to be too large': options => {
    const parts = signed(withCanary(options), options);
    setHeader(parts, 'content-length', String(options.random.int(2, 2000) * 1024 * 1024));
    return forged(parts);
  },
  'headers that are too large': options => {
    const parts = signed(withCanary(options), options);
    parts.headers.push([options.canary, 'y'.repeat(options.random.int(16_384, 100_000))]);
    return forged(parts);
  },
  'invalid chunks': options => {
    const {random, canary} = options;
    const parts = signed(withCanary(options), options);
    parts.headers = parts.headers.filter(([name]) => name !== 'content-length');
    parts.headers.push(['transfer-encoding', 'chunked']);
    const chunks = random.pick([
      `zz\r\n${canary}`,
      `5;${canary}\r\nabc`,
      'fffffffffffffffff\r\nx',
      `-1\r\n${canary}\r\n`,
      '0\r\nx',
    ]);
    parts.body = Buffer.from(chunks);
    return forged(parts);
  },
  'invalid heads': ({random, canary}) => {
    const head = random.pick([
      `GET / HTTP/9.9\r\n${canary}`,
      `POST /webhooks/port HTTP/1.1\r\n${canary}`,
      `POST /webhooks/port HTTP/1.1\r\nhost: x\r\n${canary}: ${'y'.repeat(random.int(1, 40_000))}`,
      `POST /webhooks/port HTTP/1.1\r\n${'a: b\r\n'.repeat(random.int(1, 3000))}`,
      `POST /${canary.repeat(600)} HTTP/1.1\r\nhost: x`,
      'PRI * HTTP/2.0\r\n\r\nSM',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
      `\0\0\0${canary}`,
      `CONNECT ${canary}:443 HTTP/1.1\r\nhost: x`,
      `POST /webhooks/port HTTP/1.1\r\nhost: x\r\nexpect: ${canary}`,
      `POST /webhooks/port HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nx: ${canary}`,
      `POST /webhooks/port HTTP/1.1\nhost: x\n\n${canary}`,
    ]);
    return {bytes: Buffer.from(`${head}\r\n\r\n`, 'latin1'), isAuthentic: false};
  },
  'any bytes': ({random, canary}) => {
    const noise = Array.from({length: random.int(1, 300)}, () => random.int(0, 255));
    return {
      bytes: Buffer.concat([Buffer.from(noise), Buffer.from(canary), Buffer.from('\r\n\r\n')]),
      isAuthentic: false,
    };
  },
};

function forged(parts: Parts): Omit<HostileRequest, 'name'> {
  return {bytes: toBytes(parts), isAuthentic: false};
}

function signed(body: string | Buffer, {secret, now}: Pick<HostileOptions, 'secret' | 'now'>): Parts {
  const bytes = Buffer.from(body as string);
  const timestamp = String(Math.floor(now() / 1000));
  const headers: [string, string][] = [
    ...lengthOf(bytes),
    ['x-port-timestamp', timestamp],
    ['x-port-signature', sign(secret, timestamp, bytes)],
  ];
  return {method: 'POST', path: '/webhooks/port', headers, body: bytes};
}

function lengthOf(body: string | Buffer): [string, string][] {
  return [
    ['host', 'relay.example.com'],
    ['content-type', 'application/json'],
    ['content-length', String(Buffer.byteLength(body))],
  ];
}

/** Each request uses a separate connection, which closes after the response. */
function toBytes({method, path, headers, body}: Parts): Buffer {
  const lines = [...headers, ['connection', 'close']].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body]);
}

function header({headers}: Parts, name: string): string {
  return headers.find(([key]) => key === name)?.[1] ?? '';
}

function setHeader(parts: Parts, name: string, value: string): void {
  parts.headers = parts.headers.map(([key, old]) => [key, key === name ? value : old]);
}

function anyBody(random: Random): unknown {
  return portBody(random.pick(portBodyNames()));
}

/** A body that the relay accepts if it is signed. */
function withCanary({random, canary}: HostileOptions): string {
  return JSON.stringify({...(anyBody(random) as object), title: canary, runId: canary});
}

/** Never returns the same body, or one that differs only in white space. */
function flipBytes(body: Buffer, random: Random): Buffer {
  const flipped = Buffer.from(body);
  for (let n = random.int(1, 8); n > 0; n--) flipped[random.int(0, flipped.length - 1)] = random.int(0, 255);
  flipped[random.int(0, flipped.length - 1)] = 1;
  return flipped;
}

function badSignature(signature: string, {random, canary}: HostileOptions): string {
  const base64 = signature.slice('v1,'.length);
  return random.pick([
    '',
    'v1,',
    'v1',
    base64,
    `v2,${base64}`,
    `v1, ${base64}`,
    `v1,${base64.slice(0, -1)}`,
    `v1,${base64}${base64}`,
    `v1,${base64.replace(/./, first => (first === 'A' ? 'B' : 'A'))}`,
    `v1,${base64.toLowerCase()}`.replace(signature, 'v1,x'),
    `v1,${Buffer.from(base64, 'base64').toString('hex')}`,
    `sha256=${Buffer.from(base64, 'base64').toString('hex')}`,
    `v1,${'='.repeat(44)}`,
    `v1,${canary}`,
    `${signature}, ${signature}`,
    'null',
    `v1,${'A'.repeat(7000)}`,
  ]);
}

function badTimestamp({random, canary, now}: HostileOptions): string {
  const seconds = Math.floor(now() / 1000);
  return random.pick([
    '',
    '0',
    '-1',
    'NaN',
    'Infinity',
    '1e9',
    String(seconds + 1),
    String(seconds - 1000),
    String(seconds + 1000),
    `${seconds}.5`,
    `+${seconds}`,
    `0${seconds}`,
    `0x${seconds.toString(16)}`,
    String(seconds * 1000),
    '9'.repeat(400),
    canary,
    new Date(seconds * 1000).toISOString(),
  ]);
}

/** Values that often break programs, as JSON text. */
function hostileJson(random: Random): string {
  const depth = random.int(50, 20_000);
  return random.pick([
    'null',
    '[]',
    '{}',
    '""',
    '0',
    '-0',
    '1e400',
    '-1e-400',
    '12345678901234567890123456789',
    'true',
    '"\\ud800"',
    '"\\u0000"',
    '"\\u202e\\u2066"',
    '{"__proto__":{"isAdmin":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1,"valueOf":2,"toJSON":3,"then":4,"length":-1}',
    '{"":{"":{"":[]}}}',
    '{"a":1,"a":2,"a":{"a":[]}}',
    `${'['.repeat(depth)}${']'.repeat(depth)}`,
    `${'{"properties":'.repeat(depth)}1${'}'.repeat(depth)}`,
    JSON.stringify('x'.repeat(random.int(1, 200_000))),
    JSON.stringify('💥'.repeat(random.int(1, 2_000))),
    JSON.stringify(Array.from({length: random.int(1, 5_000)}, (_, n) => n)),
    JSON.stringify(Object.fromEntries(Array.from({length: random.int(1, 3_000)}, (_, n) => [`key${n}`, n]))),
    '"<!channel> ::error::x %0A $(id) `id` {{ .secrets.token }}"',
  ]);
}

/** Changes a random part of the JSON text: replaces a value with a hostile one, or renames a key. */
function mutateJson(json: string, random: Random): string {
  let text = json;
  for (let n = random.int(1, 3); n > 0; n--) {
    const places = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g)];
    if (places.length === 0) return text;
    const place = random.pick(places);
    const isKey = place[1] !== undefined;
    const key = random.pick([
      '__proto__',
      'constructor',
      'toString',
      '',
      'properties',
      'diff',
      'context',
      'then',
      'length',
    ]);
    const value = isKey ? `${JSON.stringify(key)}:` : hostileJson(random);
    text = text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
  }
  return text;
}
