import type { Taint, Toleration } from '@kubets/api';

/** Whether the toleration covers the taint (core/v1 "Taints and tolerations"). */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator || 'Equal') {
    case 'Exists':
      return true;
    case 'Equal':
      return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
    // KEP-5471: whole numbers compared; what is no number matches nothing.
    case 'Lt':
      return compareNumbers(taint.value, toleration.value, (a, b) => a < b);
    case 'Gt':
      return compareNumbers(taint.value, toleration.value, (a, b) => a > b);
    default:
      return false;
  }
}

export function toleratesAll(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[],
): boolean {
  return taints.every((taint) => tolerations?.some((toleration) => tolerates(toleration, taint)));
}

function compareNumbers(a: string | undefined, b: string | undefined, is: (a: bigint, b: bigint) => boolean) {
  const number = /^(0|-?[1-9]\d*)$/;
  return a !== undefined && b !== undefined && number.test(a) && number.test(b) && is(BigInt(a), BigInt(b));
}

export function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}
