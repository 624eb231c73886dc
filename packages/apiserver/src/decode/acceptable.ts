// The first look at `Accept`, before an endpoint is asked: upstream's router knows what its routes can produce.
import { statusError } from '@kubets/api';

export type Produces = readonly string[];

const objects: Produces = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
/** What routes of objects answer in. */
export const objectTypes = objects;
/** Lists are what watches are asked of, which have framings of their own. */
export const listTypes: Produces = [
  ...objects,
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
];

/** Clients send few different headers; past this many someone is playing. */
const maxRemembered = 500;
const remembered = new Map<string, boolean>();

/**
 * Refuses what no route could answer. Exact names only: no case is folded, and of wildcards `*` + `/*` alone counts.
 * @throws ApiError 406
 */
export function checkAcceptable(accept: string | undefined, produces: Produces): void {
  if (!accept) return;
  let acceptable = remembered.get(accept);
  if (acceptable === undefined) {
    acceptable = namesOneOf(accept, objects);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(accept, acceptable);
  }
  if (acceptable) return;
  throw notAcceptableHere(produces);
}

export function notAcceptableHere(produces: Produces) {
  const message = `406: Not Acceptable\n\nAvailable representations: ${produces.join(', ')}`;
  return statusError(406, 'NotAcceptable', message, {});
}

export function namesOneOf(accept: string, produces: Produces): boolean {
  return accept.split(',').some((clause) => {
    const end = clause.indexOf(';');
    const mediaType = (end < 0 ? clause : clause.slice(0, end)).replace(/^[ \t\n]+|[ \t\n]+$/g, '');
    return mediaType === '*/*' || produces.includes(mediaType);
  });
}
