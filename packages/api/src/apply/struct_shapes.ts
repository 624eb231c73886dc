// Structs in which the same fields are set own the same text, but for what is in their lists and maps. There are a
// few hundred such shapes in a cluster, so each is worked out once.
import type { ApplyType, MapForm } from './apply_type.ts';
import type { Fields } from './value_form.ts';

/** What a struct of some shape owns: text, with the values whose own text belongs in between. */
export type ShapeParts = readonly (string | { readonly name: string; readonly type: ApplyType })[];

interface Shape {
  /** By the field that is set next. */
  next: Map<string, Shape>;
  parts: ShapeParts | undefined;
}

const maxShapes = 5_000;

export class StructShapes {
  #roots = new WeakMap<MapForm, Shape>();
  readonly #nulls: boolean;
  #count = 0;

  /** `nulls`: a struct owns the fields that Go writes as null, too. */
  constructor(nulls: boolean) {
    this.#nulls = nulls;
  }

  /** Undefined where fields may have any name, and where too many shapes have been seen. */
  partsOf(map: MapForm, value: Fields): ShapeParts | undefined {
    if (map.others) return undefined;
    let shape = this.#rootOf(map);
    for (const name in value) {
      if (value[name] === undefined) continue;
      let next: Shape | undefined = shape.next.get(name);
      if (!next) {
        if (!map.fields.has(name)) continue;
        if (++this.#count > maxShapes) return this.#startAnew();
        shape.next.set(name, (next = newShape()));
      }
      shape = next;
    }
    return (shape.parts ??= this.#write(map, value));
  }

  #startAnew(): undefined {
    this.#roots = new WeakMap();
    this.#count = 0;
  }

  #rootOf(map: MapForm): Shape {
    let root = this.#roots.get(map);
    if (!root) this.#roots.set(map, (root = newShape()));
    return root;
  }

  #write(map: MapForm, value: Fields): ShapeParts {
    const isSet = (name: string) => Object.hasOwn(value, name) && value[name] !== undefined;
    const names = [...map.fields.keys()].filter(isSet);
    // An empty struct is written as one that isn't there.
    if (!names.length) return [];
    if (this.#nulls) for (const name of map.nulls ?? []) if (!isSet(name)) names.push(name);
    const parts: (string | { name: string; type: ApplyType })[] = [];
    let text = '';
    for (const name of names.sort()) {
      const field = map.fields.get(name)!;
      const type = field.type();
      text += `${text || parts.length ? ',' : ''}${field.key}`;
      if (isOwnedAsOne(type)) text += '{}';
      else {
        parts.push(text, { name, type });
        text = '';
      }
    }
    return text ? [...parts, text] : parts;
  }
}

function newShape(): Shape {
  return { next: new Map(), parts: undefined };
}

function isOwnedAsOne({ map, list }: ApplyType): boolean {
  return (!map || map.atomic) && (!list || list.atomic);
}
