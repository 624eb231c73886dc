import { type FieldError, invalidValue, required } from '@kubets/api';
import { dns1123Subdomain } from './names.ts';
import { portNumber } from './numbers.ts';

const urlParts = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/is;

/** Where a webhook is, by address (apiserver util/webhook ValidateWebhookURL). */
export function validateWebhookUrl(url: string, path: string): FieldError[] {
  const form = '; desired format: https://host[/path]';
  const [, scheme = '', authority = '', query, fragment] = urlParts.exec(url) ?? [];
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const errors: FieldError[] = [];
  if (scheme.toLowerCase() !== 'https')
    errors.push(invalidValue(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`));
  if (host === '') errors.push(invalidValue(path, host, `host must be specified${form}`));
  if (at >= 0)
    errors.push(invalidValue(path, authority.slice(0, at), 'user information is not permitted in the URL'));
  if (fragment) errors.push(invalidValue(path, fragment, 'fragments are not permitted in the URL'));
  if (query) errors.push(invalidValue(path, query, 'query parameters are not permitted in the URL'));
  return errors;
}

interface ServiceReference {
  name?: string;
  namespace?: string;
  path?: string;
  port?: number;
}

export function validateWebhookService(service: ServiceReference, path: string): FieldError[] {
  const { name, namespace, path: urlPath, port = 0 } = service;
  const errors: FieldError[] = [];
  // Upstream mixes the two up; clients see its messages.
  if (!namespace) errors.push(required(`${path}.name`));
  if (!name) errors.push(required(`${path}.namespace`));
  for (const message of portNumber(port))
    errors.push(invalidValue(`${path}.port`, port, `port is not valid: ${message}`));
  if (urlPath) errors.push(...validateUrlPath(urlPath, `${path}.path`));
  return errors;
}

function validateUrlPath(urlPath: string, path: string): FieldError[] {
  if (urlPath === '/') return [];
  const wrong = (detail: string) => invalidValue(path, urlPath, detail);
  if (urlPath === '//') return [wrong('segment[0] may not be empty')];
  const errors = urlPath.startsWith('/') ? [] : [wrong("must start with a '/'")];
  const steps = urlPath.slice(1).replace(/\/$/, '').split('/');
  for (const [i, step] of steps.entries()) {
    if (step === '') errors.push(wrong(`segment[${i}] may not be empty`));
    else errors.push(...dns1123Subdomain(step).map((message) => wrong(`segment[${i}]: ${message}`)));
  }
  return errors;
}
