/** Something in a strategic merge patch that makes it unusable. */
export class StrategicPatchProblem extends Error {}

export const badPrimitiveList = 'invalid patch format of primitive list';
export const badRetainKeys = 'invalid patch format of retainKeys';
export const badElementOrder = 'invalid patch format of setElementOrder list';
export const listOfLists = 'lists of lists are not supported';
