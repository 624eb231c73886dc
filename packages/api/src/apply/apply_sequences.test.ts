import { describe, expect, test } from 'vitest';
import { recordedCases } from '../testing/recorded_cases.ts';
import { applyConfiguration } from './apply_configuration.ts';
import { applyTypeOf } from './apply_type.ts';
import { applyTypeOfSchema } from './apply_type_of_schema.ts';
import { trackManagedFields } from './track_managed_fields.ts';

// Sequences of applies and updates of random objects by several managers, with what upstream's field manager
// made of them. It was given objects without the empty structs of Go, so the types are used without those, too.
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        n: { type: 'integer' },
        s: { type: 'string' },
        list: {
          type: 'array',
          items: { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer' } } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
        },
        set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        atom: { type: 'array', items: { type: 'object', properties: { k: { type: 'string' } } } },
        amap: { type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        ios: { 'x-kubernetes-int-or-string': true },
      },
    },
  },
};

describe('as upstream does', () => {
  const sequences = recordedCases(new URL('apply_sequences.jsonl', import.meta.url));
  test.each(sequences.map((sequence, i) => [i, sequence.type, sequence] as const))(
    '%d %s',
    (_i, name, sequence) => {
      const type =
        name === 'deduced'
          ? applyTypeOfSchema(undefined)
          : name === 'schema'
            ? applyTypeOfSchema(schema)
            : applyTypeOf(name);
      const { subresource } = sequence;
      let live: any;
      for (const { manager, apply, force, object, error, live: expected } of sequence.steps) {
        const context = {
          manager,
          apiVersion: object.apiVersion,
          subresource,
          type,
          time: '2026-01-01T00:00:00Z',
        };
        const before = structuredClone([live, object]);
        const step = () =>
          apply
            ? applyConfiguration({ ...context, live, applied: object, force })
            : trackManagedFields({ ...context, old: live, next: object });
        if (error) expect(sortedLines(step)).toEqual(error);
        else {
          const next = step();
          expect(comparable(next)).toEqual(comparable(expected));
          expect([live, object]).toEqual(before);
          live = next;
        }
      }
    },
  );
});

function comparable(object: any): unknown {
  const { managedFields = [], ...metadata } = object.metadata;
  const entries = managedFields.map(({ time: _, ...entry }: any) => entry);
  const idOf = ({ operation, manager, apiVersion }: any) => JSON.stringify([operation, manager, apiVersion]);
  entries.sort((a: any, b: any) => (idOf(a) < idOf(b) ? -1 : 1));
  return { ...object, metadata: { ...metadata, managedFields: entries } };
}

// Upstream lists conflicts in no particular order.
function sortedLines(attempt: () => unknown): string[] {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message.split('\n').sort();
  }
  throw new Error('nothing was refused');
}
