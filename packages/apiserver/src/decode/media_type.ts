// `Content-Type` as Go's mime package reads it.

const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const parameter =
  /^\s*[!#$%&'*+\-.^_`|~0-9a-zA-Z]+\s*=\s*(?:[!#$%&'*+\-.^_`|~0-9a-zA-Z]+|"(?:[^"\\]|\\.)*")\s*$/;
/** Clients send few different ones; past this many someone is playing. */
const maxRemembered = 200;
const remembered = new Map<string, string>();

/** `application/json; charset=utf-8` -> `application/json`; '' for none; 'malformed' for what can't be read. */
export function mediaTypeOf(contentType: string | undefined): string {
  if (!contentType) return '';
  let found = remembered.get(contentType);
  if (found === undefined) {
    found = parse(contentType);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(contentType, found);
  }
  return found;
}

function parse(contentType: string): string {
  const end = contentType.indexOf(';');
  const mediaType = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  const parts = mediaType.split('/');
  if (parts.length > 2 || !parts.every((part) => token.test(part))) return 'malformed';
  if (end < 0) return mediaType;
  const parameters = contentType.slice(end + 1);
  if (parameters.trim() === '') return mediaType;
  const given = parameters.replace(/;\s*$/, '').match(/(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  return given.every((each) => parameter.test(each)) ? mediaType : 'malformed';
}
