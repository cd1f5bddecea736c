import {createPublicKey, generateKeyPairSync, type KeyObject, sign, verify} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {SettingError} from '../../../../src/base/settings/settings.ts';
import {parsePrivateKey} from '../../../../src/clients/github/app/private-key.ts';

const pair = generateKeyPairSync('rsa', {modulusLength: 2048});
const PKCS1 = String(pair.privateKey.export({type: 'pkcs1', format: 'pem'}));
const PKCS8 = String(pair.privateKey.export({type: 'pkcs8', format: 'pem'}));

function matchesPublicKey(key: KeyObject): boolean {
  const text = Buffer.from('text');
  return verify('RSA-SHA256', text, pair.publicKey, sign('RSA-SHA256', text, key));
}

describe.each([
  ['PKCS#1, as GitHub creates it', PKCS1],
  ['PKCS#8', PKCS8],
])('accepts a key in %s', (_name, pem) => {
  test.each<[string, (pem: string) => string]>([
    ['unchanged', text => text],
    ['without a newline at its end', text => text.trim()],
    ['with \\n for newlines', text => text.replaceAll('\n', '\\n')],
    ['with \\r\\n for newlines', text => text.replaceAll('\n', '\\r\\n')],
    ['with \\\\n for newlines, escaped twice', text => text.replaceAll('\n', '\\\\n')],
    ['with \\\\r\\\\n for newlines', text => text.replaceAll('\n', '\\\\r\\\\n')],
    ['as base64 of a text escaped twice', text => Buffer.from(text.replaceAll('\n', '\\\\n')).toString('base64')],
    [
      'as base64 with \\\\n between its lines',
      text => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\\\\n'),
    ],
    ['with Windows line breaks', text => text.replaceAll('\n', '\r\n')],
    ['with spaces for newlines, as in an unquoted shell variable', text => text.replaceAll('\n', ' ')],
    ['indented, as in a YAML block', text => text.replaceAll('\n', '\n    ')],
    ['with notes around it', text => `Key of the App:\n${text}\nend`],
    ['as base64', text => Buffer.from(text).toString('base64')],
    ['as base64 in lines', text => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')],
    ['as base64 of \\n for newlines', text => Buffer.from(text.replaceAll('\n', '\\n')).toString('base64')],
  ])('%s', (_form, write) => {
    expect(matchesPublicKey(parsePrivateKey(write(pem)))).toBe(true);
  });
});

const lines = PKCS1.split('\n');

test.each<[string, string, RegExp]>([
  ['something else', 'ghp_0123', /^must be the App's private key: the whole \.pem file/],
  ['base64 of something else', Buffer.from('hello there').toString('base64'), /^must be the App's private key/],
  ['its first line only', '-----BEGIN RSA PRIVATE KEY-----', /^is incomplete or not a PEM file/],
  ['its beginning', PKCS1.slice(0, 500), /^is incomplete or not a PEM file/],
  ['a line missing', lines.toSpliced(5, 1).join('\n'), /^is damaged/],
  ['another line in it', lines.with(5, 'x'.repeat(64)).join('\n'), /^is damaged/],
  ['nothing in it', '-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----', /^is damaged/],
  ['a public key', String(pair.publicKey.export({type: 'spki', format: 'pem'})), /but is a public key$/],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', /but is a certificate$/],
  [
    'a key of OpenSSH',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----',
    /but is a openssh private key$/,
  ],
  ['a passphrase', String(encrypted('pkcs8')), /^must be a key without a passphrase/],
  ['a passphrase in the older format', String(encrypted('pkcs1')), /^must be a key without a passphrase/],
  ['another kind of key', String(ofKind('ec')), /^must be an RSA key.*but its type is ec$/],
])('with %s is refused, and the error does not quote it', (_name, text, expected) => {
  let mistake: unknown;
  try {
    parsePrivateKey(text);
  } catch (error) {
    mistake = error;
  }
  expect(mistake).toBeInstanceOf(SettingError);
  const {message, cause} = mistake as SettingError;
  expect(message).toMatch(expected);
  expect(cause).toBeUndefined();
  for (const line of text.split('\n').filter(part => part.length > 30 && !part.startsWith('-----'))) {
    expect(message).not.toContain(line);
  }
});

test('contains its public key', () => {
  const publicKey = createPublicKey(parsePrivateKey(PKCS1)).export({type: 'spki', format: 'pem'});
  expect(publicKey).toBe(pair.publicKey.export({type: 'spki', format: 'pem'}));
});

function encrypted(type: 'pkcs1' | 'pkcs8') {
  return pair.privateKey.export({type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret'});
}

function ofKind(kind: 'ec') {
  return generateKeyPairSync(kind, {namedCurve: 'prime256v1'}).privateKey.export({type: 'pkcs8', format: 'pem'});
}
