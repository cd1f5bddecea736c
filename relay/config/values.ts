/** Parse: the value of one setting, within its limits. */
import {quote, refuse} from '../../src/base/settings/settings.ts';
import type {RepositoryName} from '../../src/clients/github/response.ts';
import {LOG_LEVELS, type LogLevel} from '../observe/log.ts';

/** The location of the rules that decide which changes are dispatched. */
export type RulesLocation =
  /** A path in the repository, read through GitHub's API. */
  | {readonly kind: 'repository'; readonly path: string}
  /** A path on the local disk. */
  | {readonly kind: 'file'; readonly path: string}
  /** Every change is dispatched. */
  | {readonly kind: 'none'};

export function text(value: string): string {
  return value;
}

export function secretList(value: string): string[] {
  const secrets = value.split(',').map(secret => secret.trim());
  const given = secrets.filter(secret => secret !== '');
  return given.length > 0 ? given : refuse('must be one secret, or several separated by commas');
}

/**
 * Names of managed users contain an underscore.
 * @see https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam
 */
export function repository(value: string): RepositoryName {
  const [, owner, name] = /^([A-Za-z0-9][A-Za-z0-9_-]{0,99})\/([A-Za-z0-9._-]{1,100})$/.exec(value) ?? [];
  if (owner !== undefined && name !== undefined && !/^\.{1,2}$/.test(name)) return {owner, name};
  return refuse('must be owner/name, for example acme/operations, not a URL');
}

/** Never quotes the address, which can contain credentials. */
export function address(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return refuse('must be a URL that starts with https:// or http://');
  }
  if (url.username + url.password + url.search + url.hash !== '') {
    return refuse('must be a URL without credentials, query or fragment');
  }
  return url.href.replace(/\/+$/, '');
}

/**
 * A proxy, in the form that `@actions/http-client` reads. It adds a missing `http://`, and decodes the login. Never quotes the
 * value.
 */
export function proxy(value: string): string {
  try {
    const url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`);
    decodeURIComponent(url.username + url.password);
    if (/^https?:$/.test(url.protocol) && url.hostname !== '') return value;
  } catch {
    // the parser's message would quote the login
  }
  return refuse('must be the URL of an HTTP proxy, for example http://proxy.example.com:3128');
}

/** @see https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
export function eventType(value: string): string {
  return value.length <= 100 ? value : refuse(`must have at most 100 characters, GitHub's limit, not ${value.length}`);
}

export function rulesLocation(value: string): RulesLocation {
  if (value === 'none') return {kind: 'none'};
  const [, onDisk] = /^file:\s*(.*)$/s.exec(value) ?? [];
  if (onDisk === '') return refuse('must have a path after file:, for example file:/etc/port-reactor.yml');
  if (onDisk !== undefined) return {kind: 'file', path: onDisk};
  const path = value.replace(/^(\.?\/)+/, '');
  if (path !== '' && !path.split('/').includes('..')) return {kind: 'repository', path};
  return refuse('must be a path in the repository, file:<path> for a local file, or none');
}

export function logLevel(value: string): LogLevel {
  const level = LOG_LEVELS.find(known => known === value.toLowerCase());
  return level ?? refuse(`must be one of ${LOG_LEVELS.join(', ')}, not ${quote(value)}`);
}
