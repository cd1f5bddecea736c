/** Port's messages in typical sizes, signed, as the bytes of complete HTTP requests. */
import {sign} from '../src/base/signature.ts';
import {rawPost} from '../test/helpers/processes/raw-client.ts';

export const SECRET = 'bench-secret';

/** Sizes in kilobytes. Most entities of a catalog are small. One with a readme or an API description has 60. */
const SIZES_KB = [1, 2, 4, 8, 16, 32, 60];

/** An update of one property, in an entity of a certain size. */
interface Update {
  readonly blueprint: string;
  readonly entity: string;
  readonly property: string;
  readonly from: unknown;
  readonly to: unknown;
  /** The approximate size of the whole message. */
  readonly sizeKb: number;
  /** Whether the size consists of many properties or of a long one. */
  readonly isWide: boolean;
  readonly isAscii: boolean;
}

/**
 * Requests that `.github/port-reactor.yml` ignores, in all combinations: automation events and legacy ones (one in eight, because
 * Port has discontinued them), watched and other blueprints, many or long properties, and characters beyond ASCII (one in four).
 */
export function ignoredRequests(nowMs: number): Buffer[] {
  return ignoredBodies().map(body => toRequest(body, nowMs));
}

export function ignoredBodies(): string[] {
  return Array.from({length: SIZES_KB.length * 16}, (_, index) => {
    const update = {
      blueprint: index & 2 ? 'deploymentConfig' : 'service',
      entity: `checkout-${index}`,
      property: 'cpuUtil',
      from: 20,
      to: 21 + index,
      sizeKb: SIZES_KB[index % SIZES_KB.length] as number,
      isWide: (index & 4) > 0,
      isAscii: (index & 24) > 0,
    };
    const isLegacy = Math.floor(index / SIZES_KB.length) % 8 === 5;
    return JSON.stringify(isLegacy ? legacyEvent(update) : automationEvent(update));
  });
}

const TRIGGER_MS = Date.UTC(2026, 2, 2, 9, 15);

const TRIGGER = {
  by: {orgId: 'org_AAAABBBBCCCCDDDD', userId: 'auth0|0123456789abcdef01234567'},
  origin: 'UI',
  at: new Date(TRIGGER_MS).toISOString(),
};

function legacyEvent(update: Update) {
  const context = {blueprint: update.blueprint, entity: update.entity};
  const status = 'SUCCESS';
  return {action: 'UPDATE', resourceType: 'entity', status, trigger: TRIGGER, context, diff: diffOf(update)};
}

function automationEvent(update: Update, at = TRIGGER.at) {
  const {blueprint, entity} = update;
  return {
    action: 'UPDATE',
    resourceType: 'entity',
    trigger: {...TRIGGER, at},
    context: {blueprintIdentifier: blueprint, entityIdentifier: entity, propertyIdentifier: null},
    diff: diffOf(update),
    runId: `r_${entity}`,
  };
}

function diffOf({blueprint, entity, property, from, to, sizeKb, isWide, isAscii}: Update) {
  const bytes = Math.max((sizeKb * 1024 - 1000) / 2, 0);
  const city = isAscii ? 'Zurich' : 'Zürich';
  const others = isWide ? manyProperties(bytes, city) : {readme: longText(bytes, city)};
  const side = (value: unknown) => ({
    identifier: entity,
    title: `Checkout ${entity}`,
    icon: null,
    team: ['payments'],
    properties: {healthStatus: 'Healthy', [property]: value, ...others},
    relations: {service: 'checkout', owner: null},
    blueprint,
    createdAt: '2026-01-05T08:00:00.000Z',
    createdBy: TRIGGER.by.userId,
    updatedAt: '2026-03-01T10:00:00.000Z',
    updatedBy: TRIGGER.by.userId,
  });
  return {before: side(from), after: side(to)};
}

/** Properties of about this many bytes of JSON: numbers, flags, addresses, sentences. */
function manyProperties(bytes: number, city: string): Record<string, unknown> {
  const values = [4.25, true, 'https://grafana.example.com/d/checkout', `Takes orders to the hub in ${city}.`];
  const properties: Record<string, unknown> = {};
  for (let i = 0, size = 0; size < bytes; i++) {
    const value = values[i % values.length];
    properties[`property${i}`] = value;
    size += `"property${i}":${JSON.stringify(value)},`.length;
  }
  return properties;
}

function longText(bytes: number, city: string): string {
  const line = `## Runbook\n- Call "payments" in ${city}, and see https://wiki.example.com/checkout.\n`;
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

/** A change that the sample rules react to. Each number is a different change. */
export function healthChange(entity: string, n: number) {
  const [from, to] = n % 2 === 0 ? ['Healthy', 'Degraded'] : ['Degraded', 'Crashed'];
  const update = {
    blueprint: 'deploymentConfig',
    entity,
    property: 'healthStatus',
    from,
    to,
    sizeKb: 0,
    isWide: true,
    isAscii: true,
  };
  return {...automationEvent(update, new Date(TRIGGER_MS + n).toISOString()), runId: `r_${n}`};
}

/** A POST as Port sends it. */
export function toRequest(body: string, nowMs: number): Buffer {
  const timestamp = String(Math.floor(nowMs / 1000));
  const headers = {'user-agent': 'Port', accept: '*/*', 'x-port-timestamp': timestamp};
  return rawPost('/webhooks/port', {...headers, 'x-port-signature': sign(SECRET, timestamp, body)}, body);
}
