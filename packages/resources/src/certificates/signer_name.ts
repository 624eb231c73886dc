import { type FieldError, invalidValue, required, tooLong } from '@kubets/api';
import { dns1123Label, dns1123Subdomain } from '../rules/names.ts';

/** `example.com/signer-name` (core validation ValidateSignerName). */
export function validateSignerName(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  const [domain, signer, ...rest] = name.split('/') as [string, ...string[]];
  if (signer === undefined || rest.length > 0)
    return [
      invalidValue(
        path,
        name,
        "must be a fully qualified domain and path of the form 'example.com/signer-name'",
      ),
    ];
  const errors: FieldError[] = [];
  if (domain.length > 253) errors.push(tooLong(path, undefined, 253));
  errors.push(...validateParts(domain, dns1123Label, path));
  if (!domain.includes('.'))
    errors.push(
      invalidValue(path, domain, 'should be a domain with at least two segments separated by dots'),
    );
  errors.push(...validateParts(signer, dns1123Subdomain, path));
  if (name.length > 571) errors.push(tooLong(path, undefined, 571));
  return errors;
}

/** The first part that is wrong is enough: the others would say the same. */
function validateParts(text: string, rule: (part: string) => string[], path: string): FieldError[] {
  const part = text.split('.').find((candidate) => rule(candidate).length > 0);
  if (part === undefined) return [];
  return rule(part).map((message) =>
    invalidValue(path, text, `validating label ${JSON.stringify(part)}: ${message}`),
  );
}
