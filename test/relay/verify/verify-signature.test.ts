import {describe, expect, test} from '@jest/globals';
import {
  SignatureError,
  type SignedMessage,
  type Trust,
  verifySignature,
} from '../../../relay/verify/verify-signature.ts';
import {sign} from '../../../src/base/signature.ts';

/** Computed with OpenSSL and Python, according to Port's documentation. For C, see the agent's app/utils.py. */
const A = {
  timestamp: '1763900000',
  signature: 'v1,PnBpdUXzRSoOrAmtj67kVOP5Z+LWzR2zAc1XjEQ57to=',
  rawBody: Buffer.from('{"action":"UPDATE","title":"Zürich ✓","cpuUtil":0.000001}'),
};
const B = {...A, timestamp: '1763900000123', signature: 'v1,1L2cD7H/PFBue/16zdsLyay9VCrhyjXPFliOB6J0q3k='};
const C = {
  timestamp: '1763900000',
  signature: 'v1,k4XwMKh5h3GG+2McnliAvqs7MJxxHPFCym59cgafCR0=',
  rawBody: Buffer.from('{"action": "UPDATE", "title": "Z\\u00fcrich \\u2713", "cpuUtil": 1e-06}'),
};
const SIGNED_BY_C = '{"action":"UPDATE","title":"Z\\u00fcrich \\u2713","cpuUtil":1e-06}';

const NOW = 1_763_900_000_000;
const trust: Trust = {secrets: ['relay-test-secret'], nowMs: NOW, toleranceSeconds: 300, throughProxy: false};

const verify = (message: Partial<SignedMessage>, other: Partial<Trust> = {}) =>
  verifySignature({...A, ...message}, {...trust, ...other}).toString();

/** The reason of the refusal. Fails without a refusal. */
function reasonOf(message: Partial<SignedMessage>, other: Partial<Trust> = {}): string {
  try {
    verify(message, other);
  } catch (error) {
    if (error instanceof SignatureError) return error.reason;
    throw error;
  }
  throw new Error('the signature was accepted');
}

describe('sign', () => {
  test.each([
    ['seconds', A, A.rawBody],
    ['milliseconds', B, B.rawBody],
    ['the bytes of the agent', C, SIGNED_BY_C],
  ])('computes the known signature for %s', (_name, {timestamp, signature}, body) => {
    expect(sign('relay-test-secret', timestamp, body)).toBe(signature);
  });
});

describe('verifySignature', () => {
  test('accepts a timestamp in seconds and one in milliseconds', () => {
    expect(verify(A)).toBe(A.rawBody.toString());
    expect(verify(B)).toBe(B.rawBody.toString());
  });

  test('accepts a body that the execution agent signed before it added spaces, and returns the signed bytes', () => {
    expect(verify(C)).toBe(SIGNED_BY_C);
  });

  test('accepts any of several secrets, and refuses without one', () => {
    expect(verify(A, {secrets: ['next', 'relay-test-secret', 'other']})).toBe(A.rawBody.toString());
    expect(reasonOf(A, {secrets: []})).toBe('no secret is configured');
    expect(reasonOf({...A, signature: sign('', A.timestamp, A.rawBody)}, {secrets: []})).toMatch(/no secret/);
  });

  test('accepts re-serialized JSON only behind a proxy', () => {
    const rawBody = Buffer.from('{"action":"UPDATE","title":"Z\\u00fcrich ✓","cpuUtil":1e-6}'); // as pysmee would send A
    expect(reasonOf({rawBody})).toMatch(/no secret in PORT_CLIENT_SECRET/);
    expect(verify({rawBody}, {throughProxy: true})).toBe(A.rawBody.toString());
  });

  test.each([
    ['a text that is not JSON', 'not JSON'],
    ['JSON that is nested too deeply', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ])('refuses %s behind a proxy', (_name, body) => {
    expect(reasonOf({rawBody: Buffer.from(body)}, {throughProxy: true})).toMatch(/no secret in PORT_CLIENT_SECRET/);
  });

  test('ignores spaces around the headers', () => {
    expect(verify({timestamp: ` ${A.timestamp} `, signature: `\t${A.signature} `})).toBe(A.rawBody.toString());
  });

  test.each([
    ['in time', 0, true],
    ['at the end of the tolerance', 300_000, true],
    ['beyond it', 300_001, false],
    ['as early as the tolerance', -300_000, true],
    ['earlier', -300_001, false],
  ])('applies the tolerance in both directions: %s', (_name, offsetMs, isAccepted) => {
    const nowMs = NOW + offsetMs;
    if (isAccepted) expect(verify(A, {nowMs})).toBe(A.rawBody.toString());
    else
      expect(reasonOf(A, {nowMs})).toMatch(
        offsetMs > 0 ? /300 s behind the relay's clock/ : /300 s ahead of the relay's clock/,
      );
  });

  test('applies the tolerance to milliseconds', () => {
    expect(verify(B, {nowMs: NOW + 300_123})).toBe(B.rawBody.toString());
    expect(reasonOf(B, {nowMs: NOW + 300_124})).toMatch(/behind the relay's clock/);
  });

  test('refuses every change of body, time, signature or secret', () => {
    const mismatch = /no secret in PORT_CLIENT_SECRET/;
    expect(reasonOf({rawBody: Buffer.concat([A.rawBody, Buffer.from(',')])})).toMatch(mismatch);
    expect(reasonOf({rawBody: Buffer.alloc(0)})).toMatch(mismatch);
    expect(reasonOf({timestamp: '1763900001'})).toMatch(mismatch);
    expect(reasonOf({signature: C.signature})).toMatch(mismatch);
    expect(reasonOf({}, {secrets: ['relay-test-secre']})).toMatch(mismatch);
  });

  test('uses the timestamp exactly as written', () => {
    expect(reasonOf({timestamp: '01763900000'})).toMatch(/no secret in PORT_CLIENT_SECRET/);
    const signature = sign('relay-test-secret', '01763900000', A.rawBody);
    expect(verify({timestamp: '01763900000', signature})).toBe(A.rawBody.toString());
  });

  const base64 = A.signature.slice(3);
  test.each<[string, Partial<SignedMessage>, string]>([
    ['no timestamp', {timestamp: undefined}, 'x-port-timestamp is missing'],
    ['an empty timestamp', {timestamp: ' '}, 'x-port-timestamp is missing'],
    ['two timestamps', {timestamp: '1763900000, 1763900000'}, 'x-port-timestamp is repeated'],
    ['a sign', {timestamp: '+1763900000'}, 'x-port-timestamp must consist of digits only'],
    ['a fraction', {timestamp: '1763900000.0'}, 'x-port-timestamp must consist of digits only'],
    ['hexadecimal', {timestamp: '0x6922ab60'}, 'x-port-timestamp must consist of digits only'],
    ['other digits', {timestamp: '１７６３９０００００'}, 'x-port-timestamp must consist of digits only'],
    ['too many digits', {timestamp: '1'.repeat(400)}, 'x-port-timestamp must consist of digits only'],
    ['no signature', {signature: undefined}, 'x-port-signature is missing'],
    ['two signatures', {signature: `${A.signature}, ${A.signature}`}, 'x-port-signature is repeated'],
    ['another version', {signature: `v2,${base64}`}, 'x-port-signature does not start with `v1,`'],
    ['no version', {signature: base64}, 'x-port-signature does not start with `v1,`'],
    [
      'hexadecimal',
      {signature: `v1,${Buffer.from(base64, 'base64').toString('hex')}`},
      'x-port-signature is not 32 bytes of base64 after `v1,`',
    ],
    ['no padding', {signature: A.signature.slice(0, -1)}, 'x-port-signature is not 32 bytes of base64 after `v1,`'],
    [
      'the URL alphabet',
      {signature: A.signature.replace('+', '-')},
      'x-port-signature is not 32 bytes of base64 after `v1,`',
    ],
    [
      'another text of the same bytes',
      {signature: A.signature.replace('to=', 'tp=')},
      'x-port-signature is not 32 bytes of base64 after `v1,`',
    ],
    ['nothing after the version', {signature: 'v1,'}, 'x-port-signature is not 32 bytes of base64 after `v1,`'],
    [
      '31 bytes',
      {signature: `v1,${Buffer.alloc(31).toString('base64')}`},
      'x-port-signature is not 32 bytes of base64 after `v1,`',
    ],
    [
      '33 bytes',
      {signature: `v1,${Buffer.alloc(33).toString('base64')}`},
      'x-port-signature is not 32 bytes of base64 after `v1,`',
    ],
  ])('refuses %s', (_name, message, reason) => {
    expect(reasonOf(message)).toBe(reason);
  });

  test("recognizes the scheme of Port's live-events forwarder", () => {
    expect(reasonOf({signature: `sha256=${'0'.repeat(64)}`})).toMatch(/live-events forwarder/);
  });

  test('never quotes the sender', () => {
    const messages = [
      reasonOf({timestamp: 'marker'}),
      reasonOf({signature: 'marker'}),
      reasonOf({signature: 'sha256=marker'}),
      reasonOf({timestamp: '987654321'}),
      reasonOf({rawBody: Buffer.from('marker')}),
    ].join();
    expect(messages).not.toMatch(/marker|987654321/);
  });
});
