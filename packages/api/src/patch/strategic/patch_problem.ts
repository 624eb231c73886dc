// What upstream's strategic merge patch can't do with a patch, in its words.
import { formatGo, goTypeOf } from '../../go_format.ts';

/** Something in a strategic merge patch that makes it unusable. */
export class StrategicPatchProblem extends Error {
  /** Upstream knows some problems as the client's (400), some as the patch's (422), and the rest not at all (500). */
  readonly code: 400 | 422 | 500;

  constructor(message: string, code: 400 | 422 | 500 = 500) {
    super(message);
    this.code = code;
  }
}

export const badPrimitiveList = () =>
  new StrategicPatchProblem('invalid patch format of primitive list', 400);
export const badRetainKeys = () => new StrategicPatchProblem('invalid patch format of retainKeys', 400);
export const badElementOrder = () =>
  new StrategicPatchProblem('invalid patch format of setElementOrder list', 400);
export const listOfLists = () => new StrategicPatchProblem('lists of lists are not supported', 422);

export function unknownDirective(directive: unknown, map: unknown): StrategicPatchProblem {
  const shown =
    typeof directive === 'string'
      ? directive
      : `%!s(${goTypeOf(directive).replace('nil', '<nil>')}${directive === null ? '' : `=${formatGo(directive)}`})`;
  return new StrategicPatchProblem(`unknown patch type: ${shown} in map: ${formatGo(map)}`);
}

export function noMergeKey(map: unknown, mergeKey: string): StrategicPatchProblem {
  return new StrategicPatchProblem(`map: ${formatGo(map)} does not contain declared merge key: ${mergeKey}`);
}

export function notOfType(wanted: 'list' | 'map', value: unknown): StrategicPatchProblem {
  const type = wanted === 'list' ? '[]interface {}' : 'map[string]interface {}';
  return new StrategicPatchProblem(`expected a ${type}, but received a ${goTypeOf(value)}`);
}
