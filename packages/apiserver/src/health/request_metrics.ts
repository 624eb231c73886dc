// Counts and durations of requests under upstream's metric names, as Prometheus text.

export interface RequestLabels {
  verb: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  scope: string;
}

interface Series {
  labels: RequestLabels;
  byCode: Map<number, number>;
  buckets: number[];
  seconds: number;
  count: number;
}

// Upstream's buckets of apiserver_request_duration_seconds.
const bounds = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];
/** Label sets kept; labels come from the route table, so only a server with thousands of CRDs gets near. */
const maxSeries = 20_000;

export class RequestMetrics {
  readonly #series = new Map<string, Series>();

  /** `seconds` undefined: counted but not timed (watches and streams). */
  observeRequest(labels: RequestLabels, code: number, seconds: number | undefined): void {
    const { verb, group, version, resource, subresource, scope } = labels;
    const key = `${verb} ${group} ${version} ${resource} ${subresource} ${scope}`;
    let series = this.#series.get(key);
    if (!series) {
      if (this.#series.size >= maxSeries) return;
      series = { labels, byCode: new Map(), buckets: bounds.map(() => 0), seconds: 0, count: 0 };
      this.#series.set(key, series);
    }
    series.byCode.set(code, (series.byCode.get(code) ?? 0) + 1);
    if (seconds === undefined) return;
    series.count += 1;
    series.seconds += seconds;
    for (let i = 0; i < bounds.length; i++) if (seconds <= bounds[i]!) series.buckets[i]! += 1;
  }

  /** The exposition format, version 0.0.4. */
  *lines(): Generator<string> {
    yield '# HELP apiserver_request_total Requests by verb, resource, scope and code of the answer.';
    yield '# TYPE apiserver_request_total counter';
    for (const { labels, byCode } of this.#series.values())
      for (const [code, count] of byCode)
        yield `apiserver_request_total{code="${code}",${labelText(labels)}} ${count}`;
    yield '# HELP apiserver_request_duration_seconds How long requests took, without watches and streams.';
    yield '# TYPE apiserver_request_duration_seconds histogram';
    for (const { labels, buckets, count, seconds } of this.#series.values()) {
      if (count === 0) continue;
      const text = labelText(labels);
      for (let i = 0; i < bounds.length; i++)
        yield `apiserver_request_duration_seconds_bucket{${text},le="${bounds[i]}"} ${buckets[i]}`;
      yield `apiserver_request_duration_seconds_bucket{${text},le="+Inf"} ${count}`;
      yield `apiserver_request_duration_seconds_sum{${text}} ${seconds}`;
      yield `apiserver_request_duration_seconds_count{${text}} ${count}`;
    }
  }
}

function labelText({ verb, group, version, resource, subresource, scope }: RequestLabels): string {
  return `component="apiserver",group="${group}",resource="${resource}",scope="${scope}",subresource="${subresource}",verb="${escapeLabel(verb)}",version="${version}"`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
