/** Parse: the text of a YAML file → its content and positions, with the YAML library. */
import {Composer, type CST, type Document, LineCounter, Parser, YAMLParseError} from 'yaml';
import {dottedPath} from '../../base/text/show.ts';
import type {FoundProblem} from '../problem.ts';
import type {Path, YamlFile} from './load-yaml.ts';
import {findTooDeep, TOO_DEEP} from './yaml-nesting.ts';
import {findYamlProblems, offsetOf, partsWithMistakes} from './yaml-problems.ts';
import {findRoundedNumbers, keepNames, sourceAt} from './yaml-scalars.ts';

/** Reads any YAML. Never throws: cycles and deep nesting are reported as mistakes. */
export function openYaml(text: string): YamlFile {
  const lineCounter = new LineCounter();
  const tokens = [...new Parser(lineCounter.addNewLine).parse(text)];
  const tooDeep = findTooDeep(tokens);
  const document = composeOne(tooDeep === undefined ? tokens : [], text.length);
  const mistakes =
    tooDeep === undefined ? findYamlProblems(document, text) : [{offset: tooDeep, message: `this ${TOO_DEEP}`}];
  keepNames(document);
  const writtenAt = (path: Path) => sourceAt(document, path);
  const broken = tooDeep === undefined ? partsWithMistakes(document) : undefined;
  const rest =
    broken === undefined
      ? undefined
      : {json: document.toJS() as unknown, broken, rounded: findRoundedNumbers(document, text)};
  return {
    json: mistakes.length > 0 ? undefined : rest?.json,
    mistakes,
    rest,
    writtenAt,
    place(offset) {
      const {line, col} = lineCounter.linePos(offset);
      return {line, column: col};
    },
    describe(problem) {
      const message = messageFor(problem, () => writtenAt(problem.path));
      return {offset: offsetOf(document, text, problem), message};
    },
  };
}

/** The first document. If there are more, it gets an error, as in the library's own `parseDocument`. */
function composeOne(tokens: readonly CST.Token[], length: number): Document.Parsed {
  const composer = new Composer({merge: true, logLevel: 'error'});
  const [document, second] = composer.compose(tokens, true, length);
  if (document === undefined) throw new Error('the library composes a document of any text');
  if (second !== undefined) {
    const [start, end] = second.range;
    document.errors.push(new YAMLParseError([start, end], 'MULTIPLE_DOCS', 'there is more than one document'));
  }
  return document;
}

function messageFor({path, shown = path, ...problem}: FoundProblem, written: () => string): string {
  const message = problem.quoting?.(written()) ?? problem.message;
  return shown.length === 0 ? message : `${dottedPath(shown)}: ${message}`;
}
