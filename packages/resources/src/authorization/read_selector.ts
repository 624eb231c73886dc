// Of the selectors of an access review, what authorizers can count on; the rest is named as an error of the evaluation.
import { type LabelSelectorRequirement, parseFieldSelector, parseLabelSelector } from '@kubets/api';
import { validateLabelSelector } from '../rules/labels.ts';

interface Selector {
  rawSelector?: string;
  requirements?: LabelSelectorRequirement[];
}

/** What status.evaluationError says of selectors that were not understood, whole or in part (KEP-4601). */
export function selectorProblems(attributes: {
  fieldSelector?: Selector;
  labelSelector?: Selector;
}): string[] {
  return (['fieldSelector', 'labelSelector'] as const).flatMap((name) => {
    const understood = name === 'fieldSelector' ? readFields : readLabels;
    const { all, good } = understood(attributes[name]);
    if (all === good) return [];
    const how = good > 0 ? 'partially ignored' : 'ignored';
    return [`spec.resourceAttributes.${name} ${how} due to parse error`];
  });
}

interface Count {
  all: number;
  good: number;
}

function readFields(selector: Selector | undefined): Count {
  if (selector?.rawSelector) return readRaw(() => parseFieldSelector(selector.rawSelector!));
  const requirements = selector?.requirements ?? [];
  const good = requirements.filter(
    ({ operator, values = [] }) => (operator === 'In' || operator === 'NotIn') && values.length === 1,
  );
  return { all: requirements.length, good: good.length };
}

function readLabels(selector: Selector | undefined): Count {
  if (selector?.rawSelector) return readRaw(() => parseLabelSelector(selector.rawSelector!));
  const requirements = selector?.requirements ?? [];
  const good = requirements.filter(
    (requirement) => validateLabelSelector({ matchExpressions: [requirement] }, '').length === 0,
  );
  return { all: requirements.length, good: good.length };
}

function readRaw(read: () => unknown): Count {
  try {
    read();
    return { all: 1, good: 1 };
  } catch {
    return { all: 1, good: 0 };
  }
}
