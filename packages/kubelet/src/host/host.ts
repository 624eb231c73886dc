// The machine below the kubelet: files, mounts and cgroups. `linux/` is a real one; `null_host.ts` is none, for
// simulated nodes. Paths are absolute.

export interface FileStat {
  type: 'file' | 'directory' | 'symlink' | 'socket' | 'charDevice' | 'blockDevice' | 'other';
  /** Permission bits only. */
  mode: number;
  uid: number;
  gid: number;
  sizeBytes: number;
}

export interface Files {
  /** The content, or its last `tailBytes`; undefined when there is no such file. */
  read(path: string, options?: { tailBytes?: number }): Promise<Uint8Array | undefined>;
  /** Makes or replaces the file; its directory must be there. */
  write(path: string, data: Uint8Array, options?: { mode?: number }): Promise<void>;
  /** With its parents; the mode is set whatever the umask, but only on directories that are made. */
  makeDirectory(path: string, options?: { mode?: number }): Promise<void>;
  /** Names in a directory; none when it isn't there. */
  list(path: string): Promise<string[]>;
  /** Of the link itself unless `follow`; undefined when there is nothing. */
  stat(path: string, options?: { follow?: boolean }): Promise<FileStat | undefined>;
  symlink(target: string, path: string): Promise<void>;
  readLink(path: string): Promise<string | undefined>;
  /** The path with all links resolved. */
  resolve(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  /** A file or a whole tree; nothing there is no error. */
  remove(path: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setOwner(path: string, uid: number, gid: number): Promise<void>;
  /** Bytes that a tree takes on disk, mounts below it not counted. */
  diskUsage(path: string): Promise<number>;
}

export interface Mounts {
  /** Mount points at or below the path, deepest last. */
  list(path: string): Promise<string[]>;
  tmpfs(path: string, options: { sizeBytes?: number }): Promise<void>;
  bind(source: string, path: string, options?: { readOnly?: boolean }): Promise<void>;
  unmount(path: string): Promise<void>;
  /** Makes `subPath` below `root`, never following a link out of it, and returns a path that stays what it is. */
  subPath(options: SubPathOptions): Promise<string>;
}

export interface SubPathOptions {
  /** The volume. */
  root: string;
  /** Relative, without `..`. */
  subPath: string;
  /** Where the result is bind-mounted, so that nothing can be swapped below it afterwards. */
  target: string;
  /** For directories that are made. */
  mode: number;
}

export interface Host {
  files: Files;
  mounts: Mounts;
  /** Made and removed with the pod; absent where the runtime makes cgroups of its own accord. */
  cgroups?: Cgroups;
  /** Mounts images as volumes; absent where the runtime does it by itself. */
  images?: ImageMounts;
  /** What the machine has left; absent where nobody can tell. */
  usage?: MachineUsage;
}

export interface ImageMounts {
  /** `image`: a name that the runtime has. */
  mount(image: string, path: string): Promise<void>;
  unmount(path: string): Promise<void>;
}

export interface MachineUsage {
  memory(): Promise<{ availableBytes: number; capacityBytes: number }>;
  /** Of the file system that holds the path. */
  fs(path: string): Promise<FsUsage>;
  processes(): Promise<{ available: number; capacity: number }>;
}

export interface FsUsage {
  capacityBytes: number;
  availableBytes: number;
  usedBytes: number;
  inodes: number;
  inodesFree: number;
}

export interface CgroupLimits {
  cpuShares?: number;
  cpuQuota?: number;
  cpuPeriod?: number;
  memoryLimitInBytes?: number;
  pidsLimit?: number;
}

export interface Cgroups {
  /** `path` is below the root of the hierarchy: `/kubets/burstable/pod123`. */
  ensure(path: string, limits: CgroupLimits): Promise<void>;
  remove(path: string): Promise<void>;
}
