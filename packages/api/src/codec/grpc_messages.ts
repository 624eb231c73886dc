// Messages of gRPC interfaces (CRI, device plugins, KMS, etcd), by proto3's rules.
import type { TypeSchema } from '../schema.ts';
import { readMessage } from './protobuf/decode_message.ts';
import { writeMessage } from './protobuf/encode_message.ts';
import { PlanSet } from './protobuf/message_plan.ts';
import { WireReader } from './protobuf/wire_reader.ts';
import { WireWriter } from './protobuf/wire_writer.ts';

export interface MessageCodec {
  /** Empty scalars are left out, lists of numbers are packed. Text for a field of bytes is written as UTF-8. */
  encode(name: string, value: object): Uint8Array;
  /**
   * Only what the bytes hold is set: an absent scalar is its zero value, an absent list is empty. Unknown fields
   * are skipped. Enums are numbers. Throws ApiError 400 for malformed bytes.
   */
  decode<T = any>(name: string, bytes: Uint8Array): T;
}

/**
 * The codec of one table of messages, e.g. `messages` of `generated/cri.ts`. 64-bit integers beyond 2^53 are the
 * nearest number, or with `exact` bigints: for identities.
 */
export function makeMessageCodec(
  messages: Readonly<Record<string, TypeSchema>>,
  { exact = false }: { exact?: boolean } = {},
): MessageCodec {
  const schemaOf = (name: string) => (Object.hasOwn(messages, name) ? messages[name] : undefined);
  const plans = new PlanSet(schemaOf, 'proto3', exact);
  const out = new WireWriter();
  return {
    encode(name, value) {
      try {
        writeMessage(out, plans, plans.get(name), value);
        return out.finish();
      } finally {
        out.reset();
      }
    },
    decode<T>(name: string, bytes: Uint8Array) {
      const object = {};
      readMessage(new WireReader(bytes), plans, plans.get(name), bytes.length, object, 0);
      return object as T;
    },
  };
}
