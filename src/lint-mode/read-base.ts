/** Parse: the event of a pull request → rules and rule tests at its base, through GitHub's API. */
import {readFileSync} from 'node:fs';
import {posix} from 'node:path';
import type {World} from '../base/deps.ts';
import {messageOf} from '../base/errors.ts';
import {isObject} from '../base/json.ts';
import type {Run} from '../base/run.ts';
import {parseJson} from '../change/event/incoming.ts';
import {RULE_TESTS} from '../lint/read-repository.ts';
import {openSource, type SourceFile} from '../lint/source.ts';
import {mappingsIn, textsAt} from '../lint/written.ts';
import type {ReadText} from '../rule-tests/parse-rule-tests.ts';

export interface Base {
  readonly sha: string;
  /** Absent if the base has none. */
  readonly rules?: SourceFile;
  /** Absent if the base has none. */
  readonly ruleTests?: SourceFile;
  /** Reads an event file of the base's tests. Throws for other files. */
  readonly readText: ReadText;
}

/** Why there is no base to compare with. */
export interface NoBase {
  readonly reason: string;
}

interface Access {
  readonly token: string | undefined;
  readonly world: Pick<World, 'fetch' | 'sleep' | 'loadGitHub'>;
}

type BaseRun = Pick<Run, 'eventPath' | 'repository' | 'apiUrl'>;

/** @param rules the path of the rules file, relative to the root of the repository. Never rejects. */
export async function readBase(rules: string, run: BaseRun, access: Access): Promise<Base | NoBase> {
  try {
    const sha = baseSha(run.eventPath);
    return sha === undefined ? NO_PULL_REQUEST : await readFiles(rules, sha, await finder(sha, run, access));
  } catch (error) {
    return {reason: `Not compared with the base, which can't be read: ${messageOf(error)}. ${ADVICE}`};
  }
}

const NO_PULL_REQUEST: NoBase = {reason: 'This run is not for a pull request, so there is no base to compare with.'};
const ADVICE = 'The job needs `permissions: { contents: read }`, and the step needs a `github-token` with read access.';

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
function baseSha(eventPath: string | undefined): string | undefined {
  const event = eventPath === undefined ? undefined : parseJson(readFileSync(eventPath, 'utf8'), 'The event');
  const pullRequest = isObject(event) ? event['pull_request'] : undefined;
  const base = isObject(pullRequest) ? pullRequest['base'] : undefined;
  const sha = isObject(base) ? base['sha'] : undefined;
  return typeof sha === 'string' && /^[0-9a-f]{7,64}$/i.test(sha) ? sha : undefined;
}

type Find = (path: string) => Promise<string | undefined>;

async function finder(sha: string, {repository, apiUrl}: BaseRun, {token, world}: Access): Promise<Find> {
  if (token === undefined) throw new Error('the input `github-token` is not set');
  const {createRepositoryFiles} = await world.loadGitHub();
  const files = createRepositoryFiles({token, apiUrl}, world);
  return path => files.find({repository, path, sha});
}

async function readFiles(rules: string, sha: string, find: Find): Promise<Base> {
  const [rulesText, testsText] = [await find(rules), await find(RULE_TESTS)];
  const ruleTests = testsText === undefined ? undefined : {file: RULE_TESTS, text: testsText};
  const events = ruleTests === undefined ? new Map<string, string>() : await readEvents(ruleTests, find);
  return {
    sha,
    ...(rulesText === undefined ? {} : {rules: {file: rules, text: rulesText}}),
    ...(ruleTests === undefined ? {} : {ruleTests}),
    readText: path => {
      const text = events.get(path);
      if (text === undefined)
        throw new Error(`the base has no file ${path}, or the tests have more than ${MAX_EVENTS} event files`);
      return text;
    },
  };
}

/** The maximum number of event files. Each takes one request. */
const MAX_EVENTS = 50;

async function readEvents(ruleTests: SourceFile, find: Find): Promise<ReadonlyMap<string, string>> {
  const tests = mappingsIn(openSource(ruleTests).json, 'tests').map(({value}) => value);
  const steps = tests.flatMap(test => [test, ...mappingsIn(test, 'changes').map(({value}) => value)]);
  const paths = new Set(steps.flatMap(step => textsAt(step['event'], []).map(({value}) => value)));
  const found = new Map<string, string>();
  for (const path of [...paths].slice(0, MAX_EVENTS)) {
    const text = await find(posix.normalize(path));
    if (text !== undefined) found.set(path, text);
  }
  return found;
}
