// The rules for keys and values of labels, with upstream's messages (apimachinery api/validate/content).

const dns1123LabelFmt = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainFmt = `${dns1123LabelFmt}(\\.${dns1123LabelFmt})*`;
const subdomainMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const keyFmt = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const keyMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const valueMessage =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

const subdomainPattern = new RegExp(`^${subdomainFmt}$`);
// Same language as keyFmt, written so that no input makes it backtrack.
const namePattern = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** What is wrong with a label key (or any qualified name, `[prefix/]name`); empty when nothing is. */
export function labelKeyProblems(key: string): string[] {
  const parts = key.split('/');
  const format = `${keyMessage} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${keyFmt}')`;
  if (parts.length > 2) {
    return [
      `a valid label key ${format} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const problems: string[] = [];
  const name = parts.at(-1)!;
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined) {
    for (const problem of subdomainProblems(prefix)) problems.push(`prefix part ${problem}`);
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (byteLength(name) > 63) problems.push('name part must be no more than 63 bytes');
  if (!namePattern.test(name)) problems.push(`name part ${format}`);
  return problems;
}

/** What is wrong with a label value; empty when nothing is. */
export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (byteLength(value) > 63) problems.push('must be no more than 63 bytes');
  if (value !== '' && !namePattern.test(value)) {
    problems.push(
      `${valueMessage} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${keyFmt})?')`,
    );
  }
  return problems;
}

function subdomainProblems(value: string): string[] {
  const problems: string[] = [];
  if (byteLength(value) > 253) problems.push('must be no more than 253 bytes');
  if (!subdomainPattern.test(value)) {
    problems.push(`${subdomainMessage} (e.g. 'example.com', regex used for validation is '${subdomainFmt}')`);
  }
  return problems;
}

function byteLength(text: string): number {
  // Nearly always ASCII; three bytes are the most that one UTF-16 unit can take.
  return text.length * 3 <= 63 || /^[\x00-\x7f]*$/.test(text)
    ? text.length
    : new TextEncoder().encode(text).length;
}
