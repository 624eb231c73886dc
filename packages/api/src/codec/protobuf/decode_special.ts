import { formatDuration } from '../../duration.ts';
import type { SpecialType } from '../../schema.ts';
import { formatMicroTime, formatTime } from '../../time.ts';
import { parseJson } from '../json.ts';
import { readMessage } from './decode_message.ts';
import type { PlanSet } from './message_plan.ts';
import { malformed, type WireReader, wireBytes, wireVarint } from './wire_reader.ts';

// What RFC 3339 can write.
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

/** Reads the message of a special type up to `end` and returns its JSON form; undefined for a value that is nothing. */
export function decodeSpecial(
  from: WireReader,
  plans: PlanSet,
  type: string,
  special: SpecialType,
  end: number,
  depth: number,
): unknown {
  switch (special) {
    case 'quantity':
      return readStrings(from, end, 1)[0] ?? '0';
    case 'stringList':
      return readStrings(from, end, 1);
    case 'intOrString': {
      let kind = 0;
      let number = 0;
      let text = '';
      eachField(from, end, (n, wire) => {
        if (n === 1 && wire === wireVarint) kind = from.uint32();
        else if (n === 2 && wire === wireVarint) number = from.uint32() | 0;
        else if (n === 3 && wire === wireBytes) text = from.string(from.blockEnd(end));
        else from.skip(wire, end);
      });
      return kind === 1 ? text : number;
    }
    case 'time':
    case 'microTime': {
      if (from.at === end) return undefined;
      const [seconds, nanos] = readNumbers(from, end);
      if (seconds < firstSecond || seconds > lastSecond) throw malformed('time outside of years 1 to 9999');
      return special === 'time' ? formatTime({ seconds, nanos }) : formatMicroTime({ seconds, nanos });
    }
    case 'duration':
      return formatDuration(readNumbers(from, end)[0]);
    case 'fieldsV1':
    case 'raw':
    case 'json': {
      const text = readStrings(from, end, 1)[0];
      return text ? parseJson(text) : undefined;
    }
    default:
      return readUnion(from, plans, type, special, end, depth);
  }
}

function readUnion(
  from: WireReader,
  plans: PlanSet,
  type: string,
  special: 'schemaOrArray' | 'schemaOrBool' | 'schemaOrStringArray',
  end: number,
  depth: number,
): unknown {
  const plan = plans.get(type.replace(/Or(Array|Bool|StringArray)$/, ''));
  let schema: object | undefined;
  let allows = false;
  const list: unknown[] = [];
  const readSchema = () => {
    const object = {};
    readMessage(from, plans, plan, from.blockEnd(end), object, depth + 1);
    return object;
  };
  const schemaNumber = special === 'schemaOrBool' ? 2 : 1;
  eachField(from, end, (n, wire) => {
    if (n === schemaNumber && wire === wireBytes) schema = readSchema();
    else if (n === 1 && wire === wireVarint) allows = from.uint32() !== 0;
    else if (n === 2 && wire === wireBytes) {
      list.push(special === 'schemaOrArray' ? readSchema() : from.string(from.blockEnd(end)));
    } else from.skip(wire, end);
  });
  if (schema) return schema;
  return special === 'schemaOrBool' ? allows : list;
}

function readStrings(from: WireReader, end: number, number: number): string[] {
  const texts: string[] = [];
  eachField(from, end, (n, wire) => {
    if (n === number && wire === wireBytes) texts.push(from.string(from.blockEnd(end)));
    else from.skip(wire, end);
  });
  return texts;
}

/** Fields 1 and 2 of seconds and nanos, or of a duration. */
function readNumbers(from: WireReader, end: number): [number, number] {
  const numbers: [number, number] = [0, 0];
  eachField(from, end, (n, wire) => {
    if ((n === 1 || n === 2) && wire === wireVarint) numbers[n - 1] = from.int64(true);
    else from.skip(wire, end);
  });
  return numbers;
}

function eachField(from: WireReader, end: number, read: (n: number, wire: number) => void): void {
  while (from.at < end) {
    const tag = from.uint32();
    read(tag >>> 3, tag & 7);
  }
}
