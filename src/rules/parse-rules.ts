/** Parse: the text of a rules file → compiled rules. */
import type {FileExists} from './check/check-rules.ts';
import {loadOpenRules} from './load-rules.ts';
import type {Rules} from './rules.ts';
import type {Loaded} from './yaml/load-yaml.ts';
import {openYaml} from './yaml/parse-yaml.ts';

/** {@link loadOpenRules} for any text. */
export function loadRules(text: string, file: string, fileExists?: FileExists): Loaded<Rules> {
  return loadOpenRules(openYaml(text), file, fileExists);
}

/** Like {@link loadRules}, for uses that require every rule to be valid. @throws {ConfigError} with all mistakes */
export function parseRules(text: string, file: string, fileExists?: FileExists): Rules {
  const {value, error} = loadRules(text, file, fileExists);
  if (error !== undefined || value === undefined) throw error;
  return value;
}
