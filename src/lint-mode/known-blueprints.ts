/** Lint: the blueprints to compare with: from Port if there are credentials, otherwise from the files next to the rules. */
import type {World} from '../base/deps.ts';
import {createPortClient} from '../clients/port.ts';
import type {PortCredentials} from '../clients/port-call.ts';
import {fetchBlueprints} from '../lint/catalog/fetch-blueprints.ts';
import type {Blueprints} from '../lint/catalog/lint-blueprints.ts';
import {readBlueprintFiles} from '../lint/catalog/read-blueprints.ts';
import {savedBlueprints} from '../lint/catalog/saved-blueprints.ts';
import type {Repository} from '../lint/read-repository.ts';
import {type FileProblem, openSource} from '../lint/source.ts';

export interface KnownBlueprints {
  readonly blueprints: Blueprints;
  /** Mistakes in the files. */
  readonly problems: readonly FileProblem[];
  /** The paths of the files. */
  readonly files: readonly string[];
  /** Why some blueprints are unknown. */
  readonly failure?: string;
}

interface BlueprintSources {
  readonly repository: Repository;
  /** The folder of the repository. */
  readonly root: string;
  readonly port: PortCredentials | undefined;
}

export async function loadBlueprints(
  {repository, root, port}: BlueprintSources,
  world: Pick<World, 'fetch' | 'sleep'>,
): Promise<KnownBlueprints> {
  if (port === undefined) return fromFiles(repository, root);
  const {rules} = repository;
  return {
    ...(await fetchBlueprints(openSource(rules).json, createPortClient(port, world))),
    problems: [],
    files: [],
  };
}

function fromFiles({readText}: Repository, root: string): KnownBlueprints {
  const files = savedBlueprints(root);
  return {...readBlueprintFiles(files.map(file => ({file, text: readText(file)}))), files};
}
