import {describe, expect, test} from '@jest/globals';
import {looksRandom, secretsOfAddress, secretsOfVariable, withoutLogin} from '../../src/secrets/secrets.ts';

describe("the secrets of a webhook's address", () => {
  test('are its path, its segments, its login and its query', () => {
    const secrets = secretsOfAddress(
      'https://me:p%40ss@hooks.slack.com/services/T0123456/B0123456/abcdefgh?token=t0ken',
    );
    for (const part of [
      'T0123456',
      'B0123456',
      'abcdefgh',
      'T0123456/B0123456/abcdefgh?token=t0ken',
      'p%40ss',
      'p@ss',
      't0ken',
    ]) {
      expect(secrets).toContain(part);
    }
    for (const word of ['services', 'hooks.slack.com', 'https:']) expect(secrets).not.toContain(word);
  });

  test.each([
    ['https://hooks.slack.com/triggers/T01/123/abc9', 'T01/123/abc9'],
    ['https://hooks.slack.com/workflows/T01/A02/345/Secret', '/workflows/T01/A02/345/Secret'],
  ])('%s: include the end of the path', (address, tail) => {
    expect(secretsOfAddress(address)).toContain(tail);
  });

  test.each([
    ['http://127.0.0.1:3000/slack', 'slack'],
    ['https://proxy.example.com/production/hooks/x9x9x9', 'production'],
    ['https://example.com/hook?wait=true', 'true'],
    ['http://127.0.0.1:3000/services/T00/B00/abcdefgh', 'T00'],
  ])('%s: do not include %s', (address, word) => {
    expect(secretsOfAddress(address)).not.toContain(word);
  });
});

describe('a passed variable', () => {
  test.each([
    ['NAMESPACE', 'production'],
    ['REGION', 'us-east-1'],
    ['ENABLED', 'true'],
    ['USE_TOKEN', 'true'],
    ['SECRET_NAME', 'production'],
    ['TOKEN_FILE', '/var/run/token'],
    ['KUBECONFIG', '/home/runner/.kube/config'],
    ['MONKEY', 'bananas'],
    ['API_URL', 'https://kubernetes.default.svc:6443'],
    ['ROLE', 'arn:aws:iam::123456789012:role/deployer'],
    ['OLDPWD', '/home'],
    ['LABELS', 'app.kubernetes.io/name=checkout,tier=web'],
  ])('%s=%s is not secret', (name, value) => {
    expect(secretsOfVariable(name, value)).toEqual([]);
  });

  test.each([
    ['DB_PASSWORD', 'production', 'production'],
    ['PGPASSWORD', 'ab', 'ab'],
    ['apiKey', 'letmein', 'letmein'],
    ['SSHPASS', 'letmein', 'letmein'],
    ['REGISTRY_AUTH', 'admin:letmein', 'letmein'],
    ['AUTH_HEADER_TOKEN', 'Bearer 5f4dcc3b5aa765d61d8327deb882cf99', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['MYSQL_PWD', 'letmein', 'letmein'],
    ['CLUSTER_TOKEN', 'cluster-secret', 'cluster-secret'],
    ['WEBHOOK_URL', 'https://example.com/in/s3cr3ts3cr3t', 's3cr3ts3cr3t'],
    ['DATABASE_URL', 'postgres://app:hunter2@db:5432/shop', 'hunter2'],
    ['DATABASE_URL', 'postgres://app:p%40ss%2Fw@db:5432/shop', 'p@ss/w'],
    ['DATABASE_URL', 'postgres://svc_app:hunter2@db:5432/shop', 'svc_app'],
    ['DATABASE_URL', 'postgres://db/shop?user=app&password=hunter2', 'hunter2'],
    ['REPO', 'https://abcdef@github.com/a/b', 'abcdef'],
    ['DSN', 'host=db user=app password=hunter2', 'hunter2'],
    ['CONNECTION', 'Server=tcp:db;User Id=app;Password="hunter 2";Encrypt=True', 'hunter 2'],
    ['STORAGE', 'AccountName=shop;AccountKey=abc/def==;EndpointSuffix=x', 'abc/def=='],
    ['SETTINGS', '{"user": "app", "clientSecret": "hunter2"}', 'hunter2'],
    ['SLACK', 'https://hooks.slack.com/services/T01/B02/abcdefgh', 'abcdefgh'],
    ['VALUE', 'ghp_0123456789abcdefghijABCDEFGHIJ012345', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'],
  ])('%s=%s hides %s', (name, value, secret) => {
    expect(secretsOfVariable(name, value)).toContain(secret);
  });

  test.each([
    ['DATABASE_URL', 'postgres://postgres:hunter2@db.internal:5432/shop', ['postgres', 'shop', 'db.internal']],
    ['DSN', 'host=db user=app password=hunter2', ['db', 'app']],
    ['SETTINGS', '{"namespace": "production", "password": "hunter2"}', ['production']],
  ])('%s=%s does not hide %j', (name, value, words) => {
    const secrets = secretsOfVariable(name, value);
    expect(words.filter(word => secrets.includes(word))).toEqual([]);
  });
});

test.each([
  ['5f4dcc3b5aa765d61d8327deb882cf99', true],
  ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', true],
  ['AKIAIOSFODNN7EXAMPLE', true],
  ['eyJhbGciOiJIUzI1NiJ9.e30.abc', true],
  ['123e4567-e89b-42d3-a456-426614174000', true],
  ['Tr0ub4dor&3', true],
  ['Xk9pQ2Lm', true],
  ['production', false],
  ['notification-service-prod', false],
  ['deploymentConfig', false],
  ['gke_acme-123456_europe-west1-b_prod', false],
  ['registry.example.com/team/app:v1.29.0-alpine3.18', false],
  ['2026-11-28T17:27:12.000Z', false],
  ['20261128T172712Z', false],
  ['ubuntu-24.04', false],
  ['ada.lovelace@example.com', false],
  ['Some words, and 12345 numbers', false],
  ['123456789012', false],
])('%s looks random: %s', (text, expected) => {
  expect(looksRandom(text)).toBe(expected);
});

test.each([
  ['https://me:secret@port.example.com/v1', 'https://port.example.com/v1'],
  ['https://port.example.com/a@b', 'https://port.example.com/a@b'],
])('%s is shown as %s', (address, expected) => {
  expect(withoutLogin(address)).toBe(expected);
});
