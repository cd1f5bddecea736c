import {once} from 'node:events';
import {connect} from 'node:net';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {anEvent, closeTestRelays, post, sendRaw, signedHeaders, startTestRelay, type TestRelay} from './test-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await startTestRelay({rules: {kind: 'repository', path: 'rules.yml'}});
  relay.github.files.set(
    'rules.yml',
    'version: 1\nrules: [{name: down, blueprint: deploymentConfig, property: healthStatus, to: Crashed, clear: {to: Healthy}, notify: true}]',
  );
  await post(relay, anEvent()); // reads the rules
});
beforeEach(() => {
  relay.log.length = 0;
});
afterAll(closeTestRelays);

describe('routes', () => {
  const ask = async (method: string, path: string) => {
    const response = await fetch(`${relay.url}${path}`, {method});
    const text = await response.text();
    return {status: response.status, headers: response.headers, text};
  };

  test('/healthz is 200 while the process lives, and is not logged', async () => {
    expect(await ask('GET', '/healthz')).toMatchObject({status: 200, text: '{"status":"ok"}'});
    expect(await ask('HEAD', '/healthz')).toMatchObject({status: 200, text: ''});
    expect(relay.log).toEqual([]);
  });

  test.each([
    ['GET', '/webhooks/port', 'POST'],
    ['PUT', '/webhooks/port', 'POST'],
    ['OPTIONS', '/webhooks/port', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['OPTIONS', '/healthz', 'GET, HEAD'],
    ['POST', '/readyz', 'GET, HEAD'],
    ['DELETE', '/metrics', 'GET, HEAD'],
  ])('%s %s is 405 with the allowed methods', async (method, path, allow) => {
    const answer = await ask(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(JSON.parse(answer.text)).toEqual({error: expect.stringContaining(allow)});
  });

  test.each(['/METRICS', '/Metrics', '/metrics/', '/readyz/', '/HEALTHZ', '/healthz/', '//healthz'])(
    '%s is 404: routes match exactly',
    async path => {
      expect((await ask('GET', path)).status).toBe(404);
    },
  );

  test.each([
    '/',
    '/webhooks',
    '/webhooks/port/',
    '/Webhooks/Port',
    '/webhooks/port/x',
    '/%',
    '/%E0%A4%A',
    '/webhooks/%ff',
  ])('%s is 404, as JSON', async path => {
    const answer = await ask('POST', path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.text)).toEqual({error: expect.stringContaining('/webhooks/port')});
    expect(relay.log).toEqual([]);
  });

  test('answers do not reveal the server software', async () => {
    const {headers} = await ask('GET', '/healthz');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('etag')).toBeNull();
  });

  test('repeated headers are refused, even with the same value', async () => {
    const body = JSON.stringify(anEvent());
    const signed = signedHeaders(body);
    const lines = (headers: [string, string][]) =>
      `POST /webhooks/port HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n${body}`;
    const headers = Object.entries(signed);
    expect(await sendRaw(relay.port, lines(headers))).toMatch(/^HTTP\/1\.1 200 /);
    for (const name of ['x-port-signature', 'x-port-timestamp']) {
      const twice: [string, string][] = [...headers, [name.toUpperCase(), signed[name] ?? '']];
      expect(await sendRaw(relay.port, lines(twice))).toMatch(/^HTTP\/1\.1 401 /);
      expect(relay.log.at(-1)).toMatchObject({reason: `${name} is repeated`});
    }
  });
});

describe('/readyz', () => {
  const ask = async (of: TestRelay) => {
    const response = await fetch(`${of.url}/readyz`);
    return {status: response.status, body: await response.json()};
  };

  test('is 200 after GitHub has answered, and only the change of state is logged', async () => {
    const fresh = await startTestRelay();
    expect(await ask(fresh)).toEqual({status: 200, body: {status: 'ready'}});
    expect(await ask(fresh)).toEqual({status: 200, body: {status: 'ready'}});
    expect(fresh.log.map(({msg}) => msg)).toEqual(['ready']);
    expect(fresh.github.requests).toHaveLength(1);
  });

  test('is 503 with the reason and the fix while dispatches are refused', async () => {
    const fresh = await startTestRelay();
    fresh.github.replyNext({status: 404});
    const unready = {
      status: 503,
      body: {error: expect.stringMatching(/^Not ready\. .*acme\/operations.*Contents: write/)},
    };
    expect(await ask(fresh)).toEqual(unready);
    fresh.readiness.recordSuccess();
    expect((await ask(fresh)).status).toBe(200);
    fresh.readiness.recordRefusal('GitHub cannot find acme/operations: give the token Contents: write.');
    expect(await ask(fresh)).toEqual(unready);
  });

  test('is 503 while the relay is shutting down, even if GitHub works', async () => {
    const fresh = await startTestRelay();
    expect((await ask(fresh)).status).toBe(200);
    fresh.startClosing();
    expect(await ask(fresh)).toEqual({status: 503, body: {error: expect.stringMatching(/is shutting down/)}});
    expect((await fetch(`${fresh.url}/healthz`)).status).toBe(200);
  });

  test('refreshes the rules without traffic', async () => {
    const fresh = await startTestRelay({rules: {kind: 'repository', path: 'rules.yml'}});
    await ask(fresh);
    const paths = [(await fresh.github.arrival(1)).path, (await fresh.github.arrival(2)).path];
    expect(paths).toContain('/repos/acme/operations/contents/rules.yml');
  });
});

describe('/metrics', () => {
  const scrape = async (of: TestRelay) => {
    const response = await fetch(`${of.url}/metrics`);
    return {status: response.status, type: response.headers.get('content-type'), text: await response.text()};
  };

  test('is in the format of Prometheus and does not wait for other servers', async () => {
    const fresh = await startTestRelay({rules: {kind: 'repository', path: 'rules.yml'}});
    fresh.github.replyAll = () => 'hang';
    const {status, type, text} = await scrape(fresh);
    expect(status).toBe(200);
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('\nport_reactor_relay_ready 0\n');
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(fresh.log).toEqual([]);
  });

  test('counts deliveries by outcome, without names from the catalog', async () => {
    const fresh = await startTestRelay({rules: {kind: 'repository', path: 'rules.yml'}});
    fresh.github.files.set(
      'rules.yml',
      'version: 1\nrules: [{name: secret-rule, blueprint: deploymentConfig, property: healthStatus, to: Crashed, clear: {to: Healthy}, notify: true}]',
    );
    await post(fresh, anEvent());
    await post(fresh, anEvent({to: 'Crashed'}));
    await post(fresh, anEvent(), {'content-type': 'application/json'});
    const {text} = await scrape(fresh);
    expect(text).toContain('port_reactor_relay_deliveries_total{outcome="ignored",status="200"} 1\n');
    expect(text).toContain('port_reactor_relay_deliveries_total{outcome="dispatched",status="202"} 1\n');
    expect(text).toContain('port_reactor_relay_deliveries_total{outcome="refused",status="401"} 1\n');
    expect(text).not.toMatch(/secret-rule|notification-service|deploymentConfig|healthStatus|acme/);
  });
});

describe('the log', () => {
  const common = {
    time: expect.any(String),
    msg: 'delivery',
    delivery: expect.stringMatching(/^delivery-\d+$/),
    durationMs: {asymmetricMatch: Number.isInteger},
  };
  const ofChange = {id: 'run_1', blueprint: 'deploymentConfig', entity: 'notification-service-prod', action: 'UPDATE'};

  test('has one line per delivery: dispatched, ignored, refused, retryable, failed', async () => {
    await post(relay, anEvent({to: 'Crashed'}));
    await post(relay, anEvent());
    await post(relay, anEvent(), {'content-type': 'application/json'});
    relay.github.replyNext({status: 404}, {status: 503, headers: {'retry-after': '30'}});
    await post(relay, anEvent({to: 'Crashed'}));
    await post(relay, anEvent({to: 'Crashed'}));
    const reason = (pattern: RegExp) => ({reason: expect.stringMatching(pattern)});
    expect(relay.log).toEqual([
      {
        ...common,
        ...ofChange,
        level: 'info',
        status: 202,
        outcome: 'dispatched',
        partition: expect.any(Number),
        batch: 1,
      },
      {
        ...common,
        ...ofChange,
        ...reason(/^down: healthStatus went to/),
        level: 'info',
        status: 200,
        outcome: 'ignored',
      },
      {...common, reason: 'x-port-timestamp is missing', level: 'warn', status: 401, outcome: 'refused'},
      {...common, ...ofChange, ...reason(/cannot find acme/), level: 'error', status: 502, outcome: 'failed'},
      {...common, ...ofChange, ...reason(/answered 503/), level: 'error', status: 503, outcome: 'retryable'},
    ]);
  });

  test('has a unique id per delivery, which its sender gets with every response', async () => {
    const answers = [
      await post(relay, anEvent()),
      await post(relay, anEvent()),
      await post(relay, anEvent(), {'content-type': 'application/json'}),
      await post(relay, 'no change'),
    ];
    const ids = answers.map(({headers}) => headers.get('x-reactor-delivery'));
    expect(new Set(ids).size).toBe(4);
    expect(relay.log.map(({delivery}) => delivery)).toEqual(ids);
  });

  test('contains no text of an unverified sender', async () => {
    const response = await fetch(`${relay.url}/webhooks/port?marker=1`, {
      method: 'POST',
      headers: {'content-type': 'application/json', 'x-port-signature': 'v1,marker', 'x-marker': 'marker'},
      body: JSON.stringify({...anEvent(), runId: 'marker'}),
    });
    expect(response.status).toBe(401);
    await fetch(`${relay.url}/marker`, {method: 'POST', body: 'marker'});
    await fetch(`${relay.url}/webhooks/port`, {method: 'POST', headers: {'content-type': 'marker/x'}, body: 'marker'});
    expect(relay.log).toHaveLength(2);
    expect(JSON.stringify(relay.log)).not.toContain('marker');
  });

  test('contains no properties of dispatched changes, and no line breaks or direction overrides of names', async () => {
    await post(relay, anEvent({entity: 'a\u202eb\nc\u009b', to: 'Crashed', properties: {password: 'hunter2'}}));
    expect(relay.log).toEqual([expect.objectContaining({entity: 'a b c'})]);
    expect(JSON.stringify(relay.log)).not.toContain('hunter2');
  });

  test('reports a sender that closed the connection, and the relay continues', async () => {
    const socket = connect(relay.port, '127.0.0.1');
    const head = 'POST /webhooks/port HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    // "100 Continue" shows that the relay waits for the body.
    socket.write(`${head}Content-Length: 100\r\nExpect: 100-continue\r\n\r\n`);
    await once(socket, 'data');
    socket.write('{"a":');
    socket.destroy();
    expect(await relay.lineWith({outcome: 'hung-up'})).toMatchObject({
      level: 'warn',
      reason: expect.stringMatching(/disconnected/),
    });
    expect(await post(relay, anEvent())).toMatchObject({status: 200});
  });
});
