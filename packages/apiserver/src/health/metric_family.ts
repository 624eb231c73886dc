// Counters, gauges and histograms in the Prometheus text format (0.0.4). What is counted often keeps its series.

export interface FamilyOptions {
  name: string;
  help: string;
  /** Upstream's promise about the metric, shown before the help. */
  stability?: 'ALPHA' | 'BETA' | 'STABLE';
  labels?: readonly string[];
}

/** Series kept by one family; labels come from tables of ours, so only a server with thousands of CRDs gets near. */
const maxSeries = 20_000;

abstract class Family<S> {
  readonly options: FamilyOptions;
  readonly #type: string;
  readonly #series = new Map<string, { labels: string; series: S }>();

  constructor(type: string, options: FamilyOptions) {
    this.options = options;
    this.#type = type;
  }

  /** The series with these values, in the order of the family's labels. */
  with(...values: string[]): S {
    const key = values.join('\u0000');
    let found = this.#series.get(key);
    if (!found) {
      found = { labels: labelText(this.options.labels ?? [], values), series: this.make() };
      if (this.#series.size < maxSeries) this.#series.set(key, found);
    }
    return found.series;
  }

  clear(): void {
    this.#series.clear();
  }

  *lines(): Generator<string> {
    if (this.#series.size === 0) return;
    const { name, help, stability = 'ALPHA' } = this.options;
    yield `# HELP ${name} [${stability}] ${help}`;
    yield `# TYPE ${name} ${this.#type}`;
    for (const { labels, series } of this.#series.values()) yield* this.show(name, labels, series);
  }

  protected abstract make(): S;
  protected abstract show(name: string, labels: string, series: S): Iterable<string>;
}

export class Value {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }

  set(value: number): void {
    this.value = value;
  }
}

export class Counter extends Family<Value> {
  constructor(options: FamilyOptions) {
    super('counter', options);
  }

  protected make(): Value {
    return new Value();
  }

  protected *show(name: string, labels: string, { value }: Value): Generator<string> {
    yield `${name}${braced(labels)} ${value}`;
  }
}

export class Gauge extends Family<Value> {
  constructor(options: FamilyOptions) {
    super('gauge', options);
  }

  protected make(): Value {
    return new Value();
  }

  protected *show(name: string, labels: string, { value }: Value): Generator<string> {
    yield `${name}${braced(labels)} ${value}`;
  }
}

export class Distribution {
  readonly #bounds: readonly number[];
  /** Of each bucket alone; summed up when shown. */
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.count += 1;
    this.sum += value;
    const bounds = this.#bounds;
    for (let i = 0; i < bounds.length; i++)
      if (value <= bounds[i]!) {
        this.counts[i]! += 1;
        return;
      }
  }
}

export class Histogram extends Family<Distribution> {
  readonly #bounds: readonly number[];

  constructor(options: FamilyOptions & { buckets: readonly number[] }) {
    super('histogram', options);
    this.#bounds = options.buckets;
  }

  protected make(): Distribution {
    return new Distribution(this.#bounds);
  }

  protected *show(name: string, labels: string, series: Distribution): Generator<string> {
    const before = labels ? `${labels},` : '';
    let below = 0;
    for (let i = 0; i < this.#bounds.length; i++) {
      below += series.counts[i]!;
      yield `${name}_bucket{${before}le="${goNumber(this.#bounds[i]!)}"} ${below}`;
    }
    yield `${name}_bucket{${before}le="+Inf"} ${series.count}`;
    yield `${name}_sum${braced(labels)} ${series.sum}`;
    yield `${name}_count${braced(labels)} ${series.count}`;
  }
}

/** `count` bounds, each `factor` times the one before. */
export function exponential(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((start * factor ** i).toPrecision(12)));
}

function braced(labels: string): string {
  return labels ? `{${labels}}` : '';
}

// Labels stand in the order of the alphabet, as Prometheus clients write them.
function labelText(names: readonly string[], values: readonly string[]): string {
  return names
    .map((name, i) => ({ name, value: values[i] ?? '' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => `${name}="${escapeLabel(value)}"`)
    .join(',');
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** `1000000` -> `1e+06`, as Go prints floats. */
function goNumber(value: number): string {
  if (value < 1e6) return String(value);
  const [digits, exponent] = value.toExponential().split('e+');
  return `${digits}e+${exponent!.padStart(2, '0')}`;
}
