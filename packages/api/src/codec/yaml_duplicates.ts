// Keys that stand twice in one mapping of a YAML text, which reading passes over, in the words of Go's parser.
import {
  EVENT_ID,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { goQuote } from '../go_quote.ts';

const maxDepth = 500;
/** As many as upstream's JSON decoder collects. */
const maxFound = 100;

interface Level {
  /** Undefined in a list. */
  keys: Set<string> | undefined;
  /** The key whose value comes next. */
  key: string | undefined;
  /** Said when the level ends, for a mapping or list that is itself the value of such a key. */
  late: string | undefined;
}

/** `line 5: key "name" already set in map`, in the order in which Go comes upon them. The text must be YAML. */
export function findDuplicateYamlKeys(text: string): string[] {
  const found: string[] = [];
  const levels: Level[] = [];
  for (const event of parseEvents(text, { maxDepth })) {
    if (found.length >= maxFound) break;
    const { type } = event;
    if (type === EVENT_ID.POP) {
      const { late } = levels.pop() ?? {};
      if (late) found.push(late);
      continue;
    }
    const level = levels.at(-1);
    if (type === EVENT_ID.SCALAR && level?.keys && level.key === undefined) {
      level.key = getScalarValue(text, event as ScalarEvent);
      continue;
    }
    const problem = level && problemOf(text, level, event as ScalarEvent | MappingEvent | SequenceEvent);
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE || type === EVENT_ID.DOCUMENT) {
      levels.push({
        keys: type === EVENT_ID.MAPPING ? new Set() : undefined,
        key: undefined,
        late: problem,
      });
    } else if (problem) found.push(problem);
  }
  return found;
}

// Go tells the line of the value. A value that has a key is seen once, and its key with it.
function problemOf(
  text: string,
  level: Level,
  event: ScalarEvent | MappingEvent | SequenceEvent,
): string | undefined {
  const { keys, key } = level;
  if (!keys || key === undefined) return undefined;
  level.key = undefined;
  if (!keys.has(key)) {
    keys.add(key);
    return undefined;
  }
  const start = 'valueStart' in event ? event.valueStart : 'start' in event ? event.start : -1;
  const line = text.slice(0, Math.max(start, 0)).split('\n').length;
  return `line ${line}: key ${goQuote(key)} already set in map`;
}
