// What was written to the API: one line for each write. Two runs of one seed have the same trace, byte for byte.

import type { KubeObject } from '@kubets/api';
import type { AuditEvent } from '@kubets/apiserver';
import type { Ms } from '@kubets/base';

/** Lines that are kept; before those only the checksum tells of a difference. */
const maxLines = 200_000;

const writes = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

export class Trace {
  readonly #startMs: Ms;
  readonly #onCreate: (object: KubeObject) => void;
  #lines: string[] = [];
  #dropped = 0;
  #checksum = checksumSeed;

  constructor(options: { startMs: Ms; onCreate: (object: KubeObject) => void }) {
    this.#startMs = options.startMs;
    this.#onCreate = options.onCreate;
  }

  /** An audit hook of the API server. */
  record({ call, endedMs, code, result }: AuditEvent): void {
    const { verb } = call.info;
    if (!call.info.isResource || !writes.has(verb)) return;
    const object = result?.type === 'object' ? (result.object as KubeObject) : undefined;
    if (verb === 'create' && code < 300 && object?.metadata?.generateName) this.#onCreate(object);
    const line = [
      ((endedMs - this.#startMs) / 1000).toFixed(3).padStart(10),
      call.user.username,
      verb,
      path(call.info, object),
      code,
      object?.metadata?.resourceVersion ? `@${object.metadata.resourceVersion}` : '-',
      hex(checksum(checksumSeed, JSON.stringify(object ?? null))),
    ].join(' ');
    this.#checksum = checksum(this.#checksum, line);
    this.#lines.push(line);
    if (this.#lines.length > 2 * maxLines) {
      this.#dropped += maxLines;
      this.#lines = this.#lines.slice(maxLines);
    }
  }

  /** Lines since the start, or the last ones and how many came before. */
  toString(): string {
    const head = this.#dropped > 0 ? [`(${this.#dropped} lines before)`] : [];
    return [...head, ...this.#lines, `checksum ${hex(this.#checksum)}`, ''].join('\n');
  }
}

function path(info: AuditEvent['call']['info'], object: KubeObject | undefined): string {
  const { group, resource, subresource, namespace } = info;
  const name = info.name || object?.metadata?.name || '';
  const type = `${resource}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}`;
  return `${type} ${namespace ? `${namespace}/` : ''}${name}`;
}

// FNV-1a, 32 bits: to see a difference, not to withstand one that is made on purpose.
const checksumSeed = 0x811c9dc5;

function checksum(seed: number, text: string): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
