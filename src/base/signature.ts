/**
 * Port's `v1` signature: an HMAC over the time and the bytes of a webhook. Pure.
 * https://docs.port.io/actions-and-automations/setup-backend/webhook/signature-verification
 */
import {createHmac, type KeyObject} from 'node:crypto';

/**
 * The `x-port-signature` of a message: `v1,` and base64.
 * @param timestamp the text of `x-port-timestamp`, as sent
 * @param body the bytes that are sent. A string is encoded as UTF-8
 */
export function sign(secret: string, timestamp: string, body: Uint8Array | string): string {
  return `v1,${digestOf(secret, timestamp, body).toString('base64')}`;
}

/** The 32 bytes of the signature: HMAC-SHA256 over `<timestamp>.<body>`. */
export function digestOf(secret: string | KeyObject, timestamp: string, body: Uint8Array | string): Buffer {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
}
