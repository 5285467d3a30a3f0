// Line patterns that tell bars apart without colour, as they repeat in a square tile. Names say what is seen; matplotlib's code
// is in brackets. Tiles are anchored to the page's origin, so neighbouring bars of one simulator continue each other.

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

type Segment = readonly [x1: number, y1: number, x2: number, y2: number];
type Disc = readonly [x: number, y: number, radius: number];

/** In units of the tile's side, y downwards. Segments reach past the tile so that line ends meet without gaps. */
export interface HatchTile {
  /** Points. */
  readonly side: number;
  readonly lineWidthPt: number;
  readonly segments: readonly Segment[];
  readonly discs: readonly Disc[];
  readonly rings: readonly Disc[];
}

const RISING: readonly Segment[] = [
  [-0.5, 0.5, 0.5, -0.5],
  [-0.25, 1.25, 1.25, -0.25],
  [0.5, 1.5, 1.5, 0.5],
];
const FALLING: readonly Segment[] = [
  [-0.5, 0.5, 0.5, 1.5],
  [-0.25, -0.25, 1.25, 1.25],
  [0.5, -0.5, 1.5, 0.5],
];
const VERTICAL: readonly Segment[] = [[0.5, -0.25, 0.5, 1.25]];
const HORIZONTAL: readonly Segment[] = [[-0.25, 0.5, 1.25, 0.5]];

const LINE_WIDTH_PT = 0.45;

function tile(side: number, parts: Partial<Omit<HatchTile, 'side'>>): HatchTile {
  return { side, lineWidthPt: LINE_WIDTH_PT, segments: [], discs: [], rings: [], ...parts };
}

const TILES: Readonly<Record<Exclude<HatchName, 'none'>, HatchTile>> = {
  rising: tile(3.2, { segments: RISING }),
  falling: tile(3.2, { segments: FALLING }),
  crossed: tile(3.2, { segments: [...RISING, ...FALLING] }),
  dots: tile(3, {
    discs: [
      [0.25, 0.25, 0.17],
      [0.75, 0.75, 0.17],
    ],
  }),
  grid: tile(2.8, { segments: [...VERTICAL, ...HORIZONTAL] }),
  vertical: tile(2.1, { segments: VERTICAL }),
  horizontal: tile(2.1, { segments: HORIZONTAL }),
  rings: tile(3.6, { rings: [[0.5, 0.5, 0.32]] }),
};

export function hatchTile(name: Exclude<HatchName, 'none'>): HatchTile {
  return TILES[name];
}
