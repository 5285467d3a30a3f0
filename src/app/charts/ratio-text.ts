// Ratios as people say them: ×2, ÷4, ×14.

import { showCount } from '../../base/display';

/** Two significant digits are enough beside a position; 0 has no factor. */
export function ratioText(ratio: number): string {
  if (ratio === 0) return '0';
  const factor = ratio >= 1 ? ratio : 1 / ratio;
  const digits = factor >= 9.95 ? Math.round(factor) : Number(factor.toPrecision(2));
  return `${ratio >= 1 ? '×' : '÷'}${digits < 1000 ? digits : showCount(digits)}`;
}
