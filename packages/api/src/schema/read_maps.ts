// As upstream makes structs of maps and lists that it has in memory (its runtime.DefaultUnstructuredConverter).
import { goTypeOf } from '../go_format.ts';
import type { ReadPath } from './read_path.ts';
import type { ReadField } from './read_plan.ts';
import { DecodeProblem, readScalar, type ValueReader } from './read_value.ts';

export const readMaps: ValueReader = {
  scalar(field, value, path) {
    const wanted = goKinds[field.kind];
    const given = kindOf(value);
    if (field.kind === 'bytes') {
      if (given === 'string') return readBytes(field, value as string, path);
      throw new DecodeProblem(`cannot restore slice from ${given}`);
    }
    if (given === wanted) return value;
    if (field.kind === 'int') {
      if (given === 'int64') return fitted(field, value as number | bigint);
      if (given === 'float64' && Number.isInteger(value)) return fitted(field, value as number);
    }
    if (field.kind === 'double' && given === 'int64') return Number(value);
    // Go can convert these, but the converter won't.
    const convertible =
      (given === 'int64' && field.kind === 'string') || (given === 'float64' && field.kind === 'int');
    throw new DecodeProblem(
      convertible ? `cannot convert ${given} to ${goName(field)}` : `unrecognized type: ${goName(field)}`,
    );
  },
  notStruct: (_path, value) => new DecodeProblem(`cannot restore struct from: ${kindOf(value)}`),
  notList: (_path, value) => new DecodeProblem(`cannot restore slice from ${kindOf(value)}`),
  notMap: (_path, value) => new DecodeProblem(`cannot restore map from ${kindOf(value)}`),
};

function readBytes(field: ReadField, value: string, path: ReadPath): unknown {
  try {
    return readScalar(field, value, path);
  } catch (error) {
    if (error instanceof DecodeProblem) throw new DecodeProblem(`error decoding from json: ${error.message}`);
    throw error;
  }
}

const goKinds: Partial<Record<ReadField['kind'], string>> = {
  string: 'string',
  bool: 'bool',
  double: 'float64',
};

function goName(field: ReadField): string {
  return field.kind === 'int' ? field.type : (goKinds[field.kind] ?? field.type);
}

// reflect.Kind of a value.
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  return typeof value === 'object' ? 'map' : goTypeOf(value);
}

// Conversion cuts off the bits that don't fit.
function fitted(field: ReadField, value: number | bigint): number | bigint {
  if (field.type !== 'int32') return value;
  return typeof value === 'number' && value >= -(2 ** 31) && value < 2 ** 31
    ? value
    : Number(BigInt.asIntN(32, BigInt(value)));
}
