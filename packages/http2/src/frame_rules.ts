// What RFC 9113 says of the length and the stream of each type of frame (6.1 to 6.10).
import { ConnectionError, errorCode, flag, frameType, read31, StreamError } from './protocol.ts';

interface Rule {
  /** Whether the frame is of a stream, of the connection, or of either. */
  of: 'stream' | 'connection' | 'either';
  length?: number;
  minLength?: number;
}

/** By type. */
const rules: readonly Rule[] = [
  /* DATA */ { of: 'stream' },
  /* HEADERS */ { of: 'stream' },
  /* PRIORITY */ { of: 'stream' },
  /* RST_STREAM */ { of: 'stream', length: 4 },
  /* SETTINGS */ { of: 'connection' },
  /* PUSH_PROMISE */ { of: 'stream' },
  /* PING */ { of: 'connection', length: 8 },
  /* GOAWAY */ { of: 'connection', minLength: 8 },
  /* WINDOW_UPDATE */ { of: 'either', length: 4 },
  /* CONTINUATION */ { of: 'stream' },
];

/** @throws ConnectionError, StreamError */
export function checkFrame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
  const rule = rules[type];
  if (!rule) return;
  if (rule.of === 'stream' && streamId === 0)
    throw new ConnectionError(errorCode.protocolError, `a frame of type ${type} is of no stream`);
  if (rule.of === 'connection' && streamId !== 0)
    throw new ConnectionError(errorCode.protocolError, `a frame of type ${type} is of a stream`);
  const { length } = payload;
  if ((rule.length !== undefined && length !== rule.length) || length < (rule.minLength ?? 0))
    throw new ConnectionError(errorCode.frameSizeError, `a frame of type ${type} has ${length} bytes`);
  if (type === frameType.settings && flags & flag.ack && length > 0)
    throw new ConnectionError(errorCode.frameSizeError, 'an acknowledgement of SETTINGS is not empty');
  if (type === frameType.pushPromise)
    throw new ConnectionError(errorCode.protocolError, 'clients push nothing');
  if (type === frameType.priority) checkPriority(streamId, payload);
}

/** Otherwise ignored: priorities are deprecated (5.3.2). */
function checkPriority(streamId: number, payload: Uint8Array): void {
  if (payload.length !== 5)
    throw new StreamError(streamId, errorCode.frameSizeError, 'PRIORITY has another length');
  if (read31(payload, 0) === streamId)
    throw new StreamError(streamId, errorCode.protocolError, 'a stream depends on itself');
}
