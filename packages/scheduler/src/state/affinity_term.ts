// A term of pod affinity, compiled: which pods it means.
import {
  type LabelMatcher,
  labelSelectorMatcher,
  type Pod,
  type PodAffinityTerm,
  type WeightedPodAffinityTerm,
} from '@kubets/api';

export interface AffinityTerm {
  readonly topologyKey: string;
  readonly selector: LabelMatcher;
  readonly namespaces: ReadonlySet<string>;
  /** Matches the labels of further namespaces. */
  readonly namespaceSelector: LabelMatcher;
}

export interface WeightedAffinityTerm extends AffinityTerm {
  readonly weight: number;
}

export interface AffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly WeightedAffinityTerm[];
  readonly preferredAnti: readonly WeightedAffinityTerm[];
}

/** Labels of a namespace. */
export type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>> | undefined;

const none: AffinityTerms = { required: [], requiredAnti: [], preferred: [], preferredAnti: [] };

export function affinityTermsOf(pod: Pod): AffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (!podAffinity && !podAntiAffinity) return none;
  const namespace = pod.metadata.namespace!;
  const terms = (list: readonly PodAffinityTerm[] | undefined) =>
    (list ?? []).map((term) => compile(term, namespace));
  const weighted = (list: readonly WeightedPodAffinityTerm[] | undefined) =>
    (list ?? []).map(({ podAffinityTerm, weight }) => ({ ...compile(podAffinityTerm, namespace), weight }));
  return {
    required: terms(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAnti: terms(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: weighted(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAnti: weighted(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

export function hasTerms(terms: AffinityTerms): boolean {
  return terms !== none;
}

export function termMatches(
  term: AffinityTerm,
  pod: { namespace: string; labels: Readonly<Record<string, string>> },
  namespaceLabels: NamespaceLabels,
): boolean {
  if (!term.namespaces.has(pod.namespace)) {
    if (term.namespaceSelector.nothing) return false;
    if (!term.namespaceSelector.empty && !term.namespaceSelector.matches(namespaceLabels(pod.namespace)))
      return false;
  }
  return term.selector.matches(pod.labels);
}

function compile(term: PodAffinityTerm, namespace: string): AffinityTerm {
  const namespaces = new Set(term.namespaces);
  // A term that names no namespaces at all means the pod's own.
  if (namespaces.size === 0 && !term.namespaceSelector) namespaces.add(namespace);
  return {
    topologyKey: term.topologyKey,
    selector: labelSelectorMatcher(term.labelSelector),
    namespaces,
    namespaceSelector: labelSelectorMatcher(term.namespaceSelector),
  };
}
