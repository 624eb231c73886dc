import { type FieldError, invalidValue, parseQuantity } from '@kubets/api';

export type Amount = ReturnType<typeof parseQuantity>;
export type Amounts = Record<string, string>;

export function validateNotNegative(value: string, path: string): FieldError[] {
  return parseQuantity(value).sign() < 0
    ? [invalidValue(path, value, 'must be greater than or equal to 0')]
    : [];
}

export function validateGreaterThanZero(value: string, path: string): FieldError[] {
  return parseQuantity(value).sign() <= 0 ? [invalidValue(path, value, 'must be greater than zero')] : [];
}

export function compareAmounts(a: string, b: string): number {
  return parseQuantity(a).cmp(parseQuantity(b));
}

export function isWhole(value: string): boolean {
  const quantity = parseQuantity(value);
  return quantity.roundUp(0).cmp(quantity) === 0;
}
