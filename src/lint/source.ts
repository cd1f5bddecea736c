/** Lint: a YAML file to check, and its mistakes with their positions. */
import type {Problem} from '../base/errors.ts';
import {clip, oneLine} from '../base/text/show.ts';
import type {FoundProblem} from '../rules/problem.ts';
import type {YamlFile} from '../rules/yaml/load-yaml.ts';
import {openYaml} from '../rules/yaml/parse-yaml.ts';

/** A file of the repository. Its path is relative to the root. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** A mistake with everything that an editor or annotation needs. Lines and columns count from 1. */
export type FileProblem = Required<Problem> & {readonly file: string};

export interface Source extends SourceFile {
  /** For loaders of the content. */
  readonly yaml: YamlFile;
  /** The content. Undefined if the text is not valid YAML. `mistakes` contains the reason. */
  readonly json: unknown;
  readonly mistakes: readonly FileProblem[];
  /** Adds the position to a mistake. */
  place(found: FoundProblem): FileProblem;
}

const MAX_MESSAGE = 600;

const opened = new WeakMap<SourceFile, Source>();

/** Reads any text. Never throws. Caches the result by file, because parsing takes most of the time of lint. */
export function openSource(file: SourceFile): Source {
  const source = opened.get(file) ?? parseSource(file);
  opened.set(file, source);
  return source;
}

function parseSource({file, text}: SourceFile): Source {
  const yaml = openYaml(text);
  const at = (offset: number, message: string): FileProblem => {
    const {line, column} = yaml.place(offset);
    return {file, line, column, message: clip(oneLine(message), MAX_MESSAGE)};
  };
  return {
    file,
    text,
    yaml,
    json: yaml.json,
    mistakes: yaml.mistakes.map(({offset, message}) => at(offset, message)),
    place(found) {
      const {offset, message} = yaml.describe(found);
      return at(offset, message);
    },
  };
}
