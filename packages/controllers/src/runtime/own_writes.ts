import type { KubeObject } from '@kubets/api';

/**
 * Versions that a controller has written of its own objects. A decision taken on an older copy would repeat or undo
 * what was done; the change that brings the copy up to date brings the key back too. Resource versions of one type
 * can be compared as numbers (KEP-5504).
 */
export class OwnWrites {
  readonly #written = new Map<string, { uid: string; version: number }>();

  note(key: string, { metadata }: KubeObject): void {
    this.#written.set(key, { uid: metadata.uid, version: Number(metadata.resourceVersion) });
  }

  /** True when the copy is as new as the last own write of it. */
  seen(key: string, { metadata }: KubeObject): boolean {
    const written = this.#written.get(key);
    if (!written) return true;
    if (written.uid === metadata.uid && Number(metadata.resourceVersion) < written.version) return false;
    this.#written.delete(key);
    return true;
  }

  forget(key: string): void {
    this.#written.delete(key);
  }
}
