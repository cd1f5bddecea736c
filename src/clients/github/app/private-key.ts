/** Parse: the private key of a GitHub App, in the formats that environment variables can hold. */
import {createPrivateKey, createPublicKey, type KeyObject, sign, verify} from 'node:crypto';
import {SettingError} from '../../../base/settings/settings.ts';

/**
 * Accepts a PEM file as GitHub issues it (PKCS#1), or PKCS#8. Newlines can be real, written as `\n` or `\\n`, or replaced by
 * spaces in a shell. Also accepts base64 of the whole file. Returns a key object, because it cannot leak into a log.
 * @throws {SettingError} that does not quote the key
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps
 */
export function parsePrivateKey(text: string): KeyObject {
  const key = createKey(pemOf(text.includes('-----') ? text : decode(text)));
  if (key.asymmetricKeyType === 'rsa') return key;
  throw new SettingError(
    `must be an RSA key, the type that GitHub generates for Apps, but its type is ${key.asymmetricKeyType}`,
  );
}

const WHAT = "the App's private key: the whole .pem file, with real or \\n newlines, or base64 of that file";

function decode(text: string): string {
  const compact = text.replace(/\\+[rn]|\s/g, '');
  const decoded = /^[A-Za-z0-9+/_-]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64').toString('latin1') : '';
  if (decoded.includes('-----')) return decoded;
  throw new SettingError(`must be ${WHAT}`);
}

const ENCLOSED = /-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/s;

/** Restores the newlines. */
function pemOf(text: string): string {
  const [, label = '', inside = ''] = ENCLOSED.exec(text) ?? [];
  if (label === '') throw new SettingError(`is incomplete or not a PEM file: it must be ${WHAT}`);
  if (/ENCRYPTED/.test(label + inside))
    throw new SettingError('must be a key without a passphrase, as GitHub issues it');
  if (!/^(RSA )?PRIVATE KEY$/.test(label)) throw new SettingError(`must be ${WHAT}, but is a ${label.toLowerCase()}`);
  const lines = inside.replace(/\\+[rn]|\s/g, '').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** A key with one incorrect character can still be parsed. Only a test signature reveals it. */
function createKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    const probe = Buffer.from('probe');
    if (verify(null, probe, createPublicKey(pem), sign(null, probe, key))) return key;
  } catch {
    // the parser's error is not helpful, and could contain part of the key
  }
  throw new SettingError(`is damaged: it must be ${WHAT}`);
}
