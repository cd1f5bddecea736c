/** Baseline: a minimal webhook receiver on `node:http`. Reads the body, checks the HMAC, parses the JSON. */
import {createHmac, timingSafeEqual} from 'node:crypto';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';

const secret = process.env['PORT_CLIENT_SECRET'] ?? '';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const expected = createHmac('sha256', secret)
      .update(`${request.headers['x-port-timestamp']}.`)
      .update(body)
      .digest();
    const given = Buffer.from(String(request.headers['x-port-signature']).slice('v1,'.length), 'base64');
    const isValid = given.length === expected.length && timingSafeEqual(given, expected);
    const answer = isValid ? {status: 'ignored', action: JSON.parse(body.toString()).action} : {error: 'signature'};
    response.writeHead(isValid ? 200 : 401, {'content-type': 'application/json'});
    response.end(JSON.stringify(answer));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({msg: 'listening', port: (server.address() as AddressInfo).port})}\n`);
});
