// SETTINGS, theirs and ours (RFC 9113, 6.5).
import {
  ConnectionError,
  defaultHeaderTableSize,
  defaultMaxFrameSize,
  defaultWindowSize,
  errorCode,
  largestMaxFrameSize,
  max31,
  setting,
} from './protocol.ts';

/** What the peer wants of us. The rest concerns nothing that we do: push, and our answers' headers, which are few. */
export interface PeerSettings {
  headerTableSize: number;
  initialWindowSize: number;
  maxFrameSize: number;
}

export const defaultPeerSettings: Readonly<PeerSettings> = {
  headerTableSize: defaultHeaderTableSize,
  initialWindowSize: defaultWindowSize,
  maxFrameSize: defaultMaxFrameSize,
};

const settingLength = 6;

/** The settings after this frame. @throws ConnectionError */
export function readSettings(payload: Uint8Array, before: Readonly<PeerSettings>): PeerSettings {
  if (payload.length % settingLength !== 0)
    throw new ConnectionError(errorCode.frameSizeError, 'SETTINGS end in the middle of one');
  const settings = { ...before };
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (let at = 0; at < payload.length; at += settingLength)
    apply(settings, view.getUint16(at), view.getUint32(at + 2));
  return settings;
}

function apply(settings: PeerSettings, id: number, value: number): void {
  switch (id) {
    case setting.headerTableSize:
      settings.headerTableSize = value;
      return;
    case setting.enablePush:
      if (value > 1) throw new ConnectionError(errorCode.protocolError, 'ENABLE_PUSH is neither 0 nor 1');
      return;
    case setting.initialWindowSize:
      if (value > max31)
        throw new ConnectionError(errorCode.flowControlError, 'INITIAL_WINDOW_SIZE is too large');
      settings.initialWindowSize = value;
      return;
    case setting.maxFrameSize:
      if (value < defaultMaxFrameSize || value > largestMaxFrameSize)
        throw new ConnectionError(errorCode.protocolError, 'MAX_FRAME_SIZE is out of range');
      settings.maxFrameSize = value;
  }
}

export function writeSettings(settings: Readonly<Record<number, number>>): Uint8Array {
  const entries = Object.entries(settings);
  const view = new DataView(new ArrayBuffer(entries.length * settingLength));
  entries.forEach(([id, value], index) => {
    view.setUint16(index * settingLength, Number(id));
    view.setUint32(index * settingLength + 2, value);
  });
  return new Uint8Array(view.buffer);
}
