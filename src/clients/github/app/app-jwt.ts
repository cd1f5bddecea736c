/** The JWT with which a GitHub App authenticates as itself, not as an installation. Pure. */
import {type KeyObject, sign} from 'node:crypto';

/**
 * Valid if the local clock is up to one minute ahead of GitHub's, or a few minutes behind.
 * @param iss the App ID or the client ID
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function signAppJwt(iss: number | string, key: KeyObject, nowMs: number): string {
  const nowSeconds = Math.floor(nowMs / 1000);
  const parts = [
    {alg: 'RS256', typ: 'JWT'},
    {iat: nowSeconds - 60, exp: nowSeconds + 540, iss},
  ];
  const text = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}
