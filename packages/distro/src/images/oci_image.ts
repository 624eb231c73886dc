// Container images put together from files: an OCI layout in a tar, as `ctr images import` takes it.
// See the OCI image specification v1.0 (image-layout, manifest, config).
import { createHash } from 'node:crypto';
import { createTar, type TarEntry } from './tar.ts';

export interface ImageOptions {
  /** Full reference: `docker.io/library/web:1`. */
  name: string;
  files: readonly TarEntry[];
  entrypoint?: readonly string[];
  cmd?: readonly string[];
  env?: readonly string[];
  workingDir?: string;
  user?: string;
  /** Go's name of the architecture; this machine's unless told otherwise. */
  architecture?: string;
}

/** Where programs are looked for in an image that says nothing else. */
export const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** One image as an OCI layout tar. */
export function createImage(options: ImageOptions): Buffer {
  const layer = createTar(options.files);
  const architecture = options.architecture ?? goArchitecture();
  const config = json({
    created: '1970-01-01T00:00:00Z',
    architecture,
    os: 'linux',
    config: {
      Entrypoint: options.entrypoint,
      Cmd: options.cmd,
      Env: options.env ?? [defaultPath],
      WorkingDir: options.workingDir ?? '/',
      User: options.user,
    },
    rootfs: { type: 'layers', diff_ids: [digest(layer)] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'kubets' }],
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digest(config),
      size: config.length,
    },
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digest(layer), size: layer.length },
    ],
  });
  const index = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: digest(manifest),
        size: manifest.length,
        platform: { os: 'linux', architecture },
        annotations: {
          'io.containerd.image.name': options.name,
          'org.opencontainers.image.ref.name': options.name,
        },
      },
    ],
  });
  const blob = (content: Buffer): TarEntry => ({
    path: `blobs/sha256/${digest(content).slice('sha256:'.length)}`,
    type: 'file',
    content,
  });
  return createTar([
    { path: 'blobs', type: 'directory' },
    { path: 'blobs/sha256', type: 'directory' },
    blob(config),
    blob(layer),
    blob(manifest),
    { path: 'index.json', type: 'file', content: index },
    { path: 'oci-layout', type: 'file', content: json({ imageLayoutVersion: '1.0.0' }) },
  ]);
}

/** `amd64`, `arm64`, ... of this machine. */
export function goArchitecture(): string {
  const names: Record<string, string> = { x64: 'amd64', ia32: '386' };
  return names[process.arch] ?? process.arch;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digest(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
