import { badRequest } from '../errors/make_error.ts';
import { joinFieldErrors } from '../field_error.ts';
import type { LabelSelector } from '../generated/types.ts';
import { goQuote } from '../go_quote.ts';
import { parseRequirements } from './label_parser.ts';
import {
  formatRequirement,
  type LabelOperator,
  type LabelRequirement,
  requirementErrors,
  requirementMatches,
} from './label_requirement.ts';

/** A compiled label selector. */
export interface LabelMatcher {
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
  /** Matches everything. */
  readonly empty: boolean;
  /** Matches nothing, whatever the labels: what an absent LabelSelector means. */
  readonly nothing: boolean;
  /** The value that a label must have, where the selector asks for exactly one: lets a caller use an index. */
  exactValue(key: string): string | undefined;
  readonly requirements: readonly LabelRequirement[];
  /** As `parseLabelSelector` reads it. */
  toString(): string;
}

const everythingMatcher = matcherOf([]);
const nothingMatcher: LabelMatcher = {
  matches: () => false,
  empty: false,
  nothing: true,
  exactValue: () => undefined,
  requirements: [],
  toString: () => '',
};

/** Reads the form of `?labelSelector=` and `kubectl -l`; empty text matches everything. Throws ApiError 400. */
export function parseLabelSelector(text: string): LabelMatcher {
  const requirements = parseRequirements(text);
  return requirements.length ? matcherOf(requirements) : everythingMatcher;
}

/**
 * Compiles a LabelSelector of an object. Undefined matches nothing, an empty one everything (API conventions,
 * "Selecting Objects"). Throws ApiError 400 for a selector that validation would have refused.
 */
export function labelSelectorMatcher(selector: LabelSelector | undefined): LabelMatcher {
  if (!selector) return nothingMatcher;
  const requirements: LabelRequirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push(checked({ key, operator: '=', values: [value] }));
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = expressionOperator(operator);
    if (!known) throw badRequest(`${goQuote(operator)} is not a valid label selector operator`);
    requirements.push(checked({ key, operator: known, values: values ?? [] }));
  }
  return requirements.length ? matcherOf(requirements) : everythingMatcher;
}

/** Matches objects that have all of `labels`, as `spec.selector` of a Service does. No labels match everything. */
export function labelSetMatcher(labels: Readonly<Record<string, string>>): LabelMatcher {
  const requirements = Object.entries(labels).map(
    ([key, value]): LabelRequirement => ({ key, operator: '=', values: [value] }),
  );
  return requirements.length ? matcherOf(requirements) : everythingMatcher;
}

function matcherOf(list: readonly LabelRequirement[]): LabelMatcher {
  const requirements = [...list].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return {
    matches(labels) {
      for (const requirement of requirements) if (!requirementMatches(requirement, labels)) return false;
      return true;
    },
    empty: requirements.length === 0,
    nothing: false,
    exactValue(key) {
      const found = requirements.find((requirement) => requirement.key === key);
      if (found?.values.length !== 1) return undefined;
      return ['=', '==', 'in'].includes(found.operator) ? found.values[0] : undefined;
    },
    requirements,
    toString: () => requirements.map(formatRequirement).join(','),
  };
}

function expressionOperator(operator: string): LabelOperator | undefined {
  switch (operator) {
    case 'In':
      return 'in';
    case 'NotIn':
      return 'notin';
    case 'Exists':
      return 'exists';
    case 'DoesNotExist':
      return '!';
    default:
      return undefined;
  }
}

function checked(requirement: LabelRequirement): LabelRequirement {
  const errors = requirementErrors(requirement);
  if (errors.length) throw badRequest(joinFieldErrors(errors));
  return requirement;
}
