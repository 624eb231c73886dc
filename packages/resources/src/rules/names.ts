// Rules for names and keys. Each returns messages, none when the value is fine (apimachinery util/validation).

const labelChars = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainChars = `${labelChars}(\\.${labelChars})*`;
const dns1035Chars = '[a-z]([-a-z0-9]*[a-z0-9])?';
const keyChars = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const underscoreLabelChars = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';

const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const keyText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

interface Rule {
  pattern: RegExp;
  message: string;
}

/** `text (e.g. 'a', or 'b', regex used for validation is '...')`, the form of all messages about patterns. */
function patternRule(text: string, chars: string, ...examples: string[]): Rule {
  const sample = examples.map((example) => `'${example}', `).join(' or ');
  const message = examples.length
    ? `${text} (e.g. ${sample}regex used for validation is '${chars}')`
    : `${text} (regex used for validation is '${chars}')`;
  return { pattern: new RegExp(`^(?:${chars})$`), message };
}

const rules = {
  label: patternRule(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    labelChars,
    'my-name',
    '123-abc',
  ),
  subdomain: patternRule(subdomainText, subdomainChars, 'example.com'),
  underscoreSubdomain: patternRule(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
    `${underscoreLabelChars}(\\.${underscoreLabelChars})*`,
    'example.com',
  ),
  dns1035: patternRule(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    dns1035Chars,
    'my-name',
    'abc-123',
  ),
  wildcard: patternRule(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    `\\*\\.${subdomainChars}`,
    '*.example.com',
  ),
  key: patternRule(keyText, keyChars, 'MyName', 'my.name', '123-abc'),
  labelValue: patternRule(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    `(${keyChars})?`,
    'MyValue',
    'my_value',
    '12345',
  ),
  configKey: patternRule(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    '[-._a-zA-Z0-9]+',
    'key.name',
    'KEY_NAME',
    'key-name',
  ),
  headerName: patternRule(
    "a valid HTTP header must consist of alphanumeric characters or '-'",
    '[-A-Za-z0-9]+',
    'X-Header-Name',
  ),
  cIdentifier: patternRule(
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
    '[A-Za-z_][A-Za-z0-9_]*',
    'my_name',
    'MY_NAME',
    'MyName',
  ),
};

function check(value: string, rule: Rule, maxLength?: number): string[] {
  const messages: string[] = [];
  if (maxLength !== undefined && value.length > maxLength)
    messages.push(`must be no more than ${maxLength} characters`);
  if (!rule.pattern.test(value)) messages.push(rule.message);
  return messages;
}

export function dns1123Label(value: string): string[] {
  if (!rules.label.pattern.test(value) && rules.subdomain.pattern.test(value)) {
    const tooLong = value.length > 63 ? ['must be no more than 63 characters'] : [];
    return [...tooLong, 'must not contain dots'];
  }
  return check(value, rules.label, 63);
}

export function dns1123Subdomain(value: string): string[] {
  return check(value, rules.subdomain, 253);
}

export function dns1123SubdomainWithUnderscore(value: string): string[] {
  return check(value, rules.underscoreSubdomain, 253);
}

export function dns1035Label(value: string): string[] {
  return check(value, rules.dns1035, 63);
}

export function wildcardSubdomain(value: string): string[] {
  return check(value, rules.wildcard, 253);
}

export function cIdentifier(value: string): string[] {
  return check(value, rules.cIdentifier);
}

export function httpHeaderName(value: string): string[] {
  return check(value, rules.headerName);
}

/** Keys of labels, annotations, taints, finalizers: an optional DNS prefix, `/`, and a name. */
export function qualifiedName(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2)
    return [
      `a valid label key ${rules.key.message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const name = parts.at(-1)!;
  const messages = parts.length === 2 ? prefixMessages(parts[0]!) : [];
  if (name === '') messages.push('name part must be non-empty');
  else if (name.length > 63) messages.push('name part must be no more than 63 bytes');
  if (!rules.key.pattern.test(name)) messages.push(`name part ${rules.key.message}`);
  return messages;
}

function prefixMessages(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  const messages = prefix.length > 253 ? ['prefix part must be no more than 253 bytes'] : [];
  if (!rules.subdomain.pattern.test(prefix)) messages.push(`prefix part ${rules.subdomain.message}`);
  return messages;
}

export function labelValue(value: string): string[] {
  const messages = value.length > 63 ? ['must be no more than 63 bytes'] : [];
  if (!rules.labelValue.pattern.test(value)) messages.push(rules.labelValue.message);
  return messages;
}

/** Keys of ConfigMaps and Secrets: they become file names. */
export function configMapKey(value: string): string[] {
  return [...check(value, rules.configKey, 253), ...dotNames(value)];
}

/** Names of environment variables since RelaxedEnvironmentVariableValidation: printable ASCII but `=`. */
export function envVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty'];
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** Names that can stand in a URL path: the rule for RBAC objects and the least that every name keeps. */
export function pathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((bad) => value.includes(bad)).map((bad) => `may not contain '${bad}'`);
}

export function portName(value: string): string[] {
  const messages: string[] = [];
  if (value.length > 15) messages.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(value))
    messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) messages.push('must contain at least one letter (a-z)');
  if (value.includes('--')) messages.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) messages.push('must not begin or end with a hyphen');
  return messages;
}

function dotNames(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** A rule for metadata.name; `prefix`: the value is a generateName, so it may end in a dash. */
export type NameRule = (name: string, prefix: boolean) => string[];

/** Lets a trailing dash of a generateName pass, as if one more character followed. */
export function nameRule(rule: (value: string) => string[]): NameRule {
  return (name, prefix) =>
    rule(prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);
}

export const nameIsSubdomain = nameRule(dns1123Subdomain);
export const nameIsLabel = nameRule(dns1123Label);
export const nameIsDns1035Label = nameRule(dns1035Label);
export const nameIsPathSegment: NameRule = (name, prefix) =>
  prefix ? pathSegmentName(`${name}x`) : pathSegmentName(name);
