/** Baseline: the same route as a typical Express app: `express.raw`, the HMAC, `JSON.parse`, `response.json`. */
import {createHmac, timingSafeEqual} from 'node:crypto';
import type {AddressInfo} from 'node:net';
import express from 'express';

const secret = process.env['PORT_CLIENT_SECRET'] ?? '';

const app = express();
app.post('/webhooks/port', express.raw({type: 'application/json', limit: '1mb'}), (request, response) => {
  const body = request.body as Buffer;
  const expected = createHmac('sha256', secret)
    .update(`${request.get('x-port-timestamp')}.`)
    .update(body)
    .digest();
  const given = Buffer.from(String(request.get('x-port-signature')).slice('v1,'.length), 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    response.status(401).json({error: 'signature'});
    return;
  }
  response.json({status: 'ignored', action: JSON.parse(body.toString()).action});
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({msg: 'listening', port: (server.address() as AddressInfo).port})}\n`);
});
