// Line patterns that tell bars apart without colour. Names say what is seen; matplotlib's code is in brackets.

export const HATCHES = [
  'none',
  'rising', // '//'
  'falling', // '\\'
  'crossed', // 'xx'
  'dots', // '..'
  'grid', // '++'
  'vertical', // '||'
  'horizontal', // '--'
  'rings', // 'oo'
] as const;
export type HatchName = (typeof HATCHES)[number];
