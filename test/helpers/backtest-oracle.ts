/**
 * An independent computation of what three rules do for a month of changes: entity by entity, from the contract of the incident
 * memory (docs/incidents.md), without code of `src`. Times are in minutes.
 */

/** A value of an entity and its time in minutes since the start. The time is never a multiple of 15. */
export interface OracleChange {
  readonly entity: string;
  readonly minute: number;
  readonly from: string | number;
  readonly to: string | number;
}

export const ORACLE_RULES = `
version: 1
mute:
  - { name: nights, when: { from: "22:00", to: "06:00" }, zone: UTC, match: { severity: [info, warning] } }
rules:
  - { name: changed, blueprint: service, property: value, notify: true }
  - name: bad
    blueprint: service
    property: value
    to: [Bad, Worse]
    severity: critical
    flapping: { changes: 4, within: 30m }
    notify: true
    remediate: { run: fix.sh, cooldown: 15m, attempts: 2 }
  - { name: hot, blueprint: database, property: value, above: 80, clear: 70, severity: warning, notify: true }
`;

export interface OracleRule {
  matches: number;
  messages: number;
  readonly topics: Record<string, number>;
  scripts: number;
  muted: number;
  cooldown: number;
  opened: number;
  flapped: number;
  open: number;
  /** The durations of ended incidents, in minutes. */
  readonly durations: number[];
}

export interface OracleResult {
  readonly rules: Record<'changed' | 'bad' | 'hot', OracleRule>;
  /** The number of messages on each day since the start. */
  readonly days: Map<number, number>;
  readonly messages: number;
}

const DAY = 1440;
const noRule = (): OracleRule => ({
  matches: 0,
  messages: 0,
  topics: {},
  scripts: 0,
  muted: 0,
  cooldown: 0,
  opened: 0,
  flapped: 0,
  open: 0,
  durations: [],
});

/** @param endMinute the time of the last change @param services the entities of the blueprint `service` */
export function oracle(
  changes: readonly OracleChange[],
  endMinute: number,
  isService: (entity: string) => boolean,
): OracleResult {
  const rules = {changed: noRule(), bad: noRule(), hot: noRule()};
  const posts = new Map<string, {minute: number; rules: Set<'changed' | 'bad' | 'hot'>}>();
  const watch = (name: 'changed' | 'bad' | 'hot', entity: string): Watched => ({
    endMinute,
    rule: rules[name],
    notify: (minute, topic) => {
      rules[name].topics[topic] = (rules[name].topics[topic] ?? 0) + 1;
      const key = `${entity} ${minute}`;
      const post = posts.get(key) ?? {minute, rules: new Set()};
      post.rules.add(name);
      posts.set(key, post);
    },
  });
  for (const entity of new Set(changes.map(one => one.entity))) {
    const own = changes.filter(one => one.entity === entity).sort((a, b) => a.minute - b.minute);
    if (isService(entity)) {
      notifyChanges(own, watch('changed', entity));
      notifyBad(own, watch('bad', entity));
    } else notifyHot(own, watch('hot', entity));
  }
  const days = new Map<number, number>();
  for (const {minute, rules: about} of posts.values()) {
    const day = Math.floor(minute / DAY);
    days.set(day, (days.get(day) ?? 0) + 1);
    for (const rule of about) rules[rule].messages += 1;
  }
  return {rules, days, messages: posts.size};
}

const isNight = (minute: number) => minute % DAY >= 22 * 60 || minute % DAY < 6 * 60;
/** The clock runs every 15 minutes. */
const tickAt = (minute: number) => Math.ceil(minute / 15) * 15;

function notifyChanges(changes: readonly OracleChange[], {rule, notify}: Watched): void {
  for (const {minute} of changes) {
    rule.matches += 1;
    if (isNight(minute)) rule.muted += 1;
    else notify(minute, 'firing');
  }
}

interface Watched {
  readonly endMinute: number;
  readonly rule: OracleRule;
  readonly notify: (minute: number, topic: string) => void;
}

/** Spans in which the value is past the threshold. A span that begins at night is reported in the morning if it lasts until then. */
function notifyHot(changes: readonly OracleChange[], {endMinute, rule, notify}: Watched): void {
  let since: number | undefined;
  const close = (start: number, end: number | undefined) => {
    const morning = isNight(start)
      ? Math.floor(start / DAY) * DAY + (start % DAY >= 22 * 60 ? DAY : 0) + 6 * 60
      : start;
    const isReported = morning <= (end ?? endMinute);
    if (isNight(start)) rule.muted += 1;
    if (isReported) notify(morning, 'firing');
    if (end === undefined) rule.open += 1;
    else rule.durations.push(end - start);
    if (isReported && end !== undefined) notify(end, 'recovered');
  };
  for (const {minute, from, to} of changes) {
    const [before, after] = [Number(from), Number(to)];
    if (before < 80 && after >= 80) {
      rule.matches += 1;
      if (since === undefined) rule.opened += 1;
      since ??= minute;
    }
    if (since !== undefined && before > 70 && after <= 70) {
      close(since, minute);
      since = undefined;
    }
  }
  if (since !== undefined) close(since, undefined);
}

interface BadIncident {
  readonly since: number;
  isOpen: boolean;
  closed: number;
  turns: number[];
  /** The last turn while the incident is flapping. */
  flapping: number | undefined;
  hasFlapped: boolean;
  isTold: boolean;
  attempts: number;
  lastRun: number;
  hasGivenUp: boolean;
}

const WITHIN = 30;

function notifyBad(changes: readonly OracleChange[], {endMinute, rule, notify}: Watched): void {
  let incident: BadIncident | undefined;
  const calmDown = (until: number, isEnd = false) => {
    if (incident?.flapping === undefined || incident.flapping + WITHIN > until) return;
    const tick = tickAt(incident.flapping + WITHIN);
    if (isEnd && tick > until) return; // the clock does not run after the end
    incident.flapping = undefined;
    incident.turns = incident.turns.slice(-1);
    notify(Math.min(tick, until), 'stable');
  };
  const turn = (minute: number): 'calm' | 'begins' | 'flaps' => {
    if (incident === undefined) throw new Error('no incident');
    if (incident.flapping !== undefined) {
      incident.flapping = minute;
      incident.turns = [minute];
      return 'flaps';
    }
    incident.turns = [...incident.turns.filter(time => minute - time <= WITHIN), minute];
    if (incident.turns.length < 4) return 'calm';
    incident.flapping = minute;
    if (!incident.hasFlapped) rule.flapped += 1;
    incident.hasFlapped = true;
    notify(minute, 'flapping');
    return 'begins';
  };
  const end = () => {
    if (incident === undefined) return;
    if (incident.isOpen) rule.open += 1;
    else rule.durations.push(incident.closed - incident.since);
  };
  for (const {minute, to} of changes) {
    calmDown(minute);
    const isBad = to === 'Bad' || to === 'Worse';
    if (isBad) rule.matches += 1;
    if (isBad && incident?.isOpen === true) {
      if (incident.flapping === undefined) notify(minute, 'update');
    } else if (isBad) {
      const isSame = incident !== undefined && (incident.flapping !== undefined || minute - incident.closed <= WITHIN);
      if (!isSame) {
        end();
        rule.opened += 1;
        incident = {
          since: minute,
          isOpen: true,
          closed: 0,
          turns: [],
          flapping: undefined,
          hasFlapped: false,
          isTold: false,
          attempts: 0,
          lastRun: Number.NEGATIVE_INFINITY,
          hasGivenUp: false,
        };
      }
      if (incident === undefined) throw new Error('no incident');
      incident.isOpen = true;
      if (turn(minute) === 'calm') {
        notify(minute, incident.isTold ? 'reopened' : 'firing');
        incident.isTold = true;
        tryScript(incident, minute, {rule, notify});
      }
    } else if (incident?.isOpen === true) {
      incident.isOpen = false;
      incident.closed = minute;
      if (turn(minute) === 'calm') notify(minute, 'recovered');
    }
  }
  calmDown(endMinute, true);
  end();
}

function tryScript(incident: BadIncident, minute: number, {rule, notify}: Pick<Watched, 'rule' | 'notify'>): void {
  if (incident.attempts >= 2) {
    if (!incident.hasGivenUp) notify(minute, 'gave-up');
    incident.hasGivenUp = true;
  } else if (minute < incident.lastRun + 15) rule.cooldown += 1;
  else {
    incident.attempts += 1;
    incident.lastRun = minute;
    rule.scripts += 1;
  }
}
