import { type KubeObject, objectKey } from '@kubets/api';

type Change<T> = (object: T | undefined, old: T | undefined) => void;

interface Index<T> {
  values: (object: T) => readonly string[];
  objects: Map<string, Bucket<T>>;
}

/** Objects of one index value; the array is made when it is asked for and kept until the next change. */
interface Bucket<T> {
  byKey: Map<string, T>;
  array: readonly T[] | undefined;
}

/** Objects by key, with indexes; tells each change after it has happened. */
export class IndexedCopy<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #onChange: Change<T>;

  constructor(onChange: Change<T>) {
    this.#onChange = onChange;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): Iterable<T> {
    return this.#objects.values();
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`no index ${name}`);
    const bucket = index.objects.get(value);
    if (!bucket) return [];
    bucket.array ??= [...bucket.byKey.values()];
    return bucket.array;
  }

  addIndex(name: string, values: (object: T) => readonly string[]): void {
    const existing = this.#indexes.get(name);
    if (existing?.values === values) return;
    if (existing) throw new Error(`index ${name} is there already with another function`);
    const index: Index<T> = { values, objects: new Map() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) put(index, key, object);
  }

  set(object: T): void {
    this.#set(objectKey(object), object);
  }

  /** `last` is the state that the object had when it was deleted. */
  delete(last: T): void {
    this.#delete(objectKey(last), last);
  }

  /** Makes the copy equal to `objects`: what is not among them was deleted while nobody looked. */
  replace(objects: readonly T[]): void {
    const next = new Map<string, T>();
    for (const object of objects) next.set(objectKey(object), object);
    for (const [key, object] of this.#objects) {
      // A new object under an old name: the old one was deleted (API conventions, "uid").
      if (next.get(key)?.metadata.uid !== object.metadata.uid) this.#delete(key, object);
    }
    for (const [key, object] of next) {
      const old = this.#objects.get(key);
      if (old?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#set(key, object);
    }
  }

  #set(key: string, object: T): void {
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) {
      if (old) drop(index, key, old);
      put(index, key, object);
    }
    this.#onChange(object, old);
  }

  #delete(key: string, last: T): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) drop(index, key, old);
    this.#onChange(undefined, last);
  }
}

function put<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    let bucket = index.objects.get(value);
    if (!bucket) {
      bucket = { byKey: new Map(), array: undefined };
      index.objects.set(value, bucket);
    }
    bucket.byKey.set(key, object);
    bucket.array = undefined;
  }
}

function drop<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    const bucket = index.objects.get(value);
    if (!bucket) continue;
    bucket.byKey.delete(key);
    bucket.array = undefined;
    if (bucket.byKey.size === 0) index.objects.delete(value);
  }
}
