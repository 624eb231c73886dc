/** One file of a volume that the kubelet writes itself. */
export interface PayloadFile {
  data: Uint8Array;
  mode: number;
  /** Owner, where it is not root. */
  uid?: number;
}

/** By path below the volume, without `..`. */
export type Payload = ReadonlyMap<string, PayloadFile>;

export function samePayload(a: Payload, b: Payload): boolean {
  if (a.size !== b.size) return false;
  for (const [path, file] of a) {
    const other = b.get(path);
    if (!other || other.mode !== file.mode || other.uid !== file.uid) return false;
    if (!sameBytes(file.data, other.data)) return false;
  }
  return true;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
