import {describe, expect, test} from '@jest/globals';
import {entityUrl, ownLinks, portAppUrl} from '../../../../src/act/slack/message/entity-links.ts';
import {cpuMsOf} from '../../../helpers/cpu-time.ts';
import {aChange} from '../../../helpers/values/changes.ts';

test.each([
  ['https://api.port.io', 'https://app.port.io'],
  ['https://api.us.port.io', 'https://app.us.port.io'],
  ['https://api.getport.io/v1', 'https://app.getport.io'],
  ['http://127.0.0.1:3000', 'https://app.port.io'],
])('the web interface of %s is %s', (api, app) => {
  expect(portAppUrl(api)).toBe(app);
});

describe('entityUrl', () => {
  test.each([
    [{}, 'https://app.port.io/deploymentConfigEntity?identifier=notification-service-prod'],
    [{entity: 'a/b?c&d=e#f', blueprint: '../x'}, 'https://app.port.io/..%2FxEntity?identifier=a%2Fb%3Fc%26d%3De%23f'],
    [{entity: '<!channel>|x'}, 'https://app.port.io/deploymentConfigEntity?identifier=%3C!channel%3E%7Cx'],
    [{entity: '\ud800'}, 'https://app.port.io/deploymentConfigEntity?identifier=%EF%BF%BD'],
  ])('of %j is %s', (change, url) => {
    expect(entityUrl('https://app.port.io', aChange(change))).toBe(url);
  });

  test('is undefined if the identifier is too long for a URL', () => {
    expect(entityUrl('https://app.port.io', aChange({entity: '='.repeat(1000)}))).toBeUndefined();
  });
});

describe('ownLinks', () => {
  test.each([
    ['newRelicUrl', 'New Relic'],
    ['sentry_url', 'Sentry'],
    ['dashboard-link', 'Dashboard'],
    ['README', 'README'],
    ['url', 'url'],
    ['grafanaHREF', 'Grafana'],
  ])('calls the property %s "%s"', (name, label) => {
    const change = aChange({properties: {[name]: 'https://example.com'}});
    expect(ownLinks(change)).toEqual([{label, url: 'https://example.com/'}]);
  });

  test('are the links before a deletion', () => {
    expect(ownLinks(aChange({action: 'DELETE', properties: {a: 'https://example.com'}}))).toHaveLength(1);
  });

  test('are empty for an expired timer', () => {
    expect(ownLinks(aChange({action: 'TIMER_EXPIRED'}))).toEqual([]);
  });

  test('takes little time for a name that was crafted to be slow', () => {
    const change = aChange({properties: {[`${'-'.repeat(100_000)}x`]: 'https://example.com'}});
    const cpuMs = cpuMsOf(() => expect(ownLinks(change)).toHaveLength(1));
    expect(cpuMs).toBeLessThan(200);
  });
});
