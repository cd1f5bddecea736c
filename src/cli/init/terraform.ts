/** Renders automations as HCL, for teams that set up Port with Terraform. Pure. */
import type {Automation} from './automation.ts';

/** The event names of `automation_trigger`, by event type of Port's API. */
const EVENTS: Readonly<Record<string, string>> = {
  ANY_ENTITY_CHANGE: 'any_entity_change_event',
  ENTITY_CREATED: 'entity_created_event',
  ENTITY_UPDATED: 'entity_updated_event',
  ENTITY_DELETED: 'entity_deleted_event',
  TIMER_PROPERTY_EXPIRED: 'timer_property_expired_event',
};

/**
 * One resource `port_action` of the provider port-labs/port-labs for each automation.
 * @param rulesFile the path of the rules, for the comment at the top
 * @see https://registry.terraform.io/providers/port-labs/port-labs/latest/docs/resources/port_action
 */
export function renderTerraform(automations: readonly Automation[], rulesFile: string): string {
  const head = [
    `# The automations that ${JSON.stringify(rulesFile)} needs, from \`port-reactor init --terraform\`.`,
    '# Generate this file again after you change the rules. Otherwise Port does not report changes for new rules.',
  ];
  return [head.join('\n'), ...automations.map(renderAction)].join('\n\n').concat('\n');
}

function renderAction({identifier, title, description, trigger, invocationMethod}: Automation): string {
  const {type, blueprintIdentifier, propertyIdentifier} = trigger.event;
  const {url, agent, synchronized, method, headers, body} = invocationMethod;
  const attributes = {
    identifier,
    title,
    description,
    publish: true,
    automation_trigger: {
      [EVENTS[type] ?? type]: {
        blueprint_identifier: blueprintIdentifier,
        ...(propertyIdentifier === undefined ? {} : {property_identifier: propertyIdentifier}),
      },
      ...(trigger.condition === undefined
        ? {}
        : {jq_condition: {combinator: trigger.condition.combinator, expressions: trigger.condition.expressions}}),
    },
    // The provider expects these two as strings.
    webhook_method: {
      url,
      agent: String(agent),
      synchronized: String(synchronized),
      method,
      headers,
      body: new Json(body),
    },
  };
  return `resource "port_action" "${labelOf(identifier)}" ${render(attributes, '')}`;
}

/** An attribute with a JSON string. */
class Json {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

function render(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (value instanceof Json) return `jsonencode(${render(value.value, indent)})`;
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) {
    return `[\n${value.map(item => `${inner}${render(item, inner)},\n`).join('')}${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const lines = Object.entries(value).map(([key, member]) => `${inner}${keyOf(key)} = ${render(member, inner)}\n`);
    return `{\n${lines.join('')}${indent}}`;
  }
  return String(value);
}

const keyOf = (key: string) => (/^[A-Za-z_][\w-]*$/.test(key) ? key : quote(key));

/**
 * A quoted string. Template sequences of HCL are escaped.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, '$&$&');
}

/** Labels allow only letters, digits, `_` and `-`. Other characters are replaced by their code points. */
function labelOf(identifier: string): string {
  return identifier.replace(/[^A-Za-z0-9_-]/g, char => `_${char.codePointAt(0)?.toString(16)}_`);
}
