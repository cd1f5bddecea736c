/** Schemas: the JSON Schemas of the rules and rule tests for editors, generated from the written forms. */
import {stringify} from 'yaml';
import * as z from 'zod/mini';
import {isObject} from '../base/json.ts';
import {WrittenRuleTest, WrittenRuleTestsFile} from '../rule-tests/written-rule-tests.ts';
import {WrittenRule, WrittenRulesFile} from '../rules/written/written-rules.ts';
import type {JsonSchema} from './json-schema.ts';
import type {KeyDoc, KeyDocs} from './key-doc.ts';
import {RULE_TESTS_DOCS} from './rule-tests-docs.ts';
import {RULE_TESTS_STRICTNESS} from './rule-tests-strictness.ts';
import {RULES_DOCS} from './rules-docs.ts';
import {RULES_STRICTNESS} from './rules-strictness.ts';
import {tighten} from './tighten.ts';

/** The schema of `.github/port-reactor.yml`, in draft 7, which YAML language servers support. */
export function rulesSchema(): JsonSchema {
  const schema = fileSchema(WrittenRulesFile, 'rules', schemaOf(WrittenRule));
  return {title: 'Port Reactor: rules', ...withDocs(tighten(schema, '', RULES_STRICTNESS), RULES_DOCS)};
}

/** The schema of `.github/port-reactor.test.yml`. */
export function ruleTestsSchema(): JsonSchema {
  const schema = fileSchema(WrittenRuleTestsFile, 'tests', schemaOf(WrittenRuleTest));
  return {
    title: 'Port Reactor: rule tests',
    ...withDocs(tighten(schema, '', RULE_TESTS_STRICTNESS), RULE_TESTS_DOCS),
  };
}

/** Adds the schema of the list items, which are parsed separately from the file. */
function fileSchema(file: z.core.$ZodType, list: string, item: JsonSchema): JsonSchema {
  const {properties, ...rest} = schemaOf(file);
  const listSchema = isObject(properties) ? properties[list] : {};
  return {...rest, properties: {...(properties as object), [list]: {...(listSchema as object), items: item}}};
}

function schemaOf(written: z.core.$ZodType): JsonSchema {
  const {$schema, ...schema} = z.toJSONSchema(written, {target: 'draft-7', io: 'input'});
  return schema;
}

/** Adds the documentation of each key. */
function withDocs(schema: JsonSchema, docs: KeyDocs): JsonSchema {
  const documented = mapKeys(schema, '', (key, inner) => ({...(docs[key] && shownDoc(docs[key])), ...inner}));
  return {$schema: 'http://json-schema.org/draft-07/schema#', ...documented};
}

/**
 * Keeps `examples` only for scalars. Editors would complete lists and mappings as `[object Object]`, so these are in the
 * description.
 */
function shownDoc({description, examples, ...keywords}: KeyDoc): JsonSchema {
  const isStructure = (value: unknown) => typeof value === 'object' && value !== null;
  const structures = examples.filter(isStructure).map(value => `\`${inline(value)}\``);
  const scalars = examples.filter(value => !isStructure(value));
  return {
    description: structures.length === 0 ? description : `${description} For example: ${structures.join(', ')}`,
    ...(scalars.length === 0 ? {} : {examples: scalars}),
    ...keywords,
  };
}

/** The value in YAML, on one line. */
function inline(value: unknown): string {
  const options = {collectionStyle: 'flow', lineWidth: 0} as const;
  return stringify(value, options).trim();
}

/** The paths of all keys of a file, with `*` for any item. */
export function keyPaths(schema: JsonSchema): string[] {
  const paths = new Set<string>();
  mapKeys(schema, '', (path, inner) => {
    paths.add(path);
    return inner;
  });
  return [...paths];
}

type Visit = (path: string, schema: JsonSchema) => JsonSchema;

/** The schema with each key's schema replaced. Alternatives share a path. Lists and mappings with any keys add a `*`. */
function mapKeys(schema: JsonSchema, path: string, visit: Visit): JsonSchema {
  const under = (key: string) => (path === '' ? key : `${path}.${key}`);
  const inner = (value: unknown, at: string) => (isObject(value) ? mapKeys(value, at, visit) : value);
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties' && isObject(value)) return [keyword, mapProperties(value, under, visit)];
      if (keyword === 'items' || keyword === 'additionalProperties') return [keyword, inner(value, under('*'))];
      if (keyword === 'anyOf' && Array.isArray(value)) return [keyword, value.map(item => inner(item, path))];
      return [keyword, value];
    }),
  );
}

function mapProperties(properties: JsonSchema, under: (key: string) => string, visit: Visit): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      key,
      isObject(value) ? visit(under(key), mapKeys(value, under(key), visit)) : value,
    ]),
  );
}
