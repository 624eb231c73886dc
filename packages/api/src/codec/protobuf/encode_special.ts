// Types whose protobuf message isn't made of their JSON fields.
import { parseDuration } from '../../duration.ts';
import { canonicalQuantity } from '../../quantity.ts';
import type { SpecialType } from '../../schema.ts';
import { parseInstant } from '../../time.ts';
import { writeMessage } from './encode_message.ts';
import type { PlanSet } from './message_plan.ts';
import type { WireWriter } from './wire_writer.ts';

const encoder = new TextEncoder();
// 0001-01-01T00:00:00Z, Go's zero time.
const zeroTimeSeconds = -62_135_596_800;

/** Writes the body of the message for `value`; undefined is Go's zero value. */
export function encodeSpecial(
  out: WireWriter,
  plans: PlanSet,
  type: string,
  special: SpecialType,
  value: any,
): void {
  switch (special) {
    case 'quantity':
      writeString(out, 1, value === undefined ? '0' : canonicalQuantity(value));
      break;
    case 'intOrString':
      writeString(out, 3, typeof value === 'string' ? value : '');
      writeNumber(out, 2, typeof value === 'number' ? value : 0);
      writeNumber(out, 1, typeof value === 'string' ? 1 : 0);
      break;
    case 'time':
    case 'microTime': {
      // The zero time is an empty message.
      const instant = typeof value === 'string' ? parseInstant(value) : undefined;
      if (!instant || (instant.seconds === zeroTimeSeconds && instant.nanos === 0)) break;
      writeNumber(out, 2, special === 'time' ? 0 : instant.nanos - (instant.nanos % 1000));
      writeNumber(out, 1, instant.seconds);
      break;
    }
    case 'duration':
      writeNumber(out, 1, typeof value === 'string' ? (parseDuration(value) ?? 0) : 0);
      break;
    case 'fieldsV1':
    case 'raw':
    case 'json':
      if (value !== undefined) writeJson(out, value);
      break;
    case 'stringList':
      for (let i = (value?.length ?? 0) - 1; i >= 0; i--) writeString(out, 1, value[i]);
      break;
    default:
      writeUnion(out, plans, type, special, value);
  }
}

// JSONSchemaProps or something shorter (apiextensions' types_jsonschema.go). The type's name without its
// `OrArray`, `OrBool` or `OrStringArray` is that of the schema.
function writeUnion(
  out: WireWriter,
  plans: PlanSet,
  type: string,
  special: 'schemaOrArray' | 'schemaOrBool' | 'schemaOrStringArray',
  value: any,
): void {
  const schema = plans.get(type.replace(/Or(Array|Bool|StringArray)$/, ''));
  const writeSchema = (n: number, props: any) => {
    const before = out.size;
    writeMessage(out, plans, schema, props);
    out.varint(out.size - before);
    out.varint((n << 3) | 2);
  };
  const isSchema = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (special === 'schemaOrBool') {
    if (isSchema) writeSchema(2, value);
    writeNumber(out, 1, isSchema || value === true ? 1 : 0);
  } else if (special === 'schemaOrArray') {
    for (let i = (Array.isArray(value) ? value.length : 0) - 1; i >= 0; i--) writeSchema(2, value[i]);
    if (isSchema) writeSchema(1, value);
  } else {
    for (let i = (Array.isArray(value) ? value.length : 0) - 1; i >= 0; i--) writeString(out, 2, value[i]);
    if (isSchema) writeSchema(1, value);
  }
}

function writeString(out: WireWriter, n: number, text: string): void {
  const before = out.size;
  out.string(text);
  out.varint(out.size - before);
  out.byte((n << 3) | 2);
}

function writeNumber(out: WireWriter, n: number, value: number): void {
  out.varint(value);
  out.byte(n << 3);
}

function writeJson(out: WireWriter, value: unknown): void {
  const bytes = encoder.encode(JSON.stringify(value));
  out.raw(bytes);
  out.varint(bytes.length);
  out.byte(0x0a);
}
