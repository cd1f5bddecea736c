/** Lint: a YAML file that is looked at, and the mistakes found in it with their places. */
import type {Problem} from '../base/errors.ts';
import {clip, oneLine} from '../base/text.ts';
import type {FoundProblem} from '../rules/problem.ts';
import type {YamlFile} from '../rules/yaml/load-yaml.ts';
import {openYaml} from '../rules/yaml/parse-yaml.ts';

/** A file of the repository. Its path is relative to the root. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** A mistake with everything that an editor or an annotation needs. Lines and columns count from 1. */
export type FileProblem = Required<Problem> & {readonly file: string};

export interface Source extends SourceFile {
  /** The file as it was opened: to parse it again takes long. */
  readonly yaml: YamlFile;
  /** The content. Undefined if the text is not YAML. `mistakes` says why. */
  readonly json: unknown;
  readonly mistakes: readonly FileProblem[];
  /** The place of a mistake that a check found. */
  place(found: FoundProblem): FileProblem;
}

const MAX_MESSAGE = 600;

/** Reads any text. Never throws. */
export function openSource({file, text}: SourceFile): Source {
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
