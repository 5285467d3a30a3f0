// One identity for each simulator on every page: name, colour, marker, dash. Fixed by name, never by order, so that a filter
// or a missing simulator does not repaint the others. Colours are the custom properties of tokens.css.

export interface SimulatorStyle {
  readonly name: string;
  readonly label: string;
  /** For narrow heads. */
  readonly shortLabel: string;
  /** CSS value. */
  readonly colour: string;
  readonly dash: string;
  readonly lineWidth: number;
  /** SVG path centred on 0,0 within ±1; scale it to the wanted radius. */
  readonly marker: string;
}

const polygon = (corners: number, turn: number, inner?: number): string => {
  const count = inner === undefined ? corners : corners * 2;
  const points = Array.from({ length: count }, (_, index) => {
    const radius = inner !== undefined && index % 2 === 1 ? inner : 1;
    const angle = (index / count) * 2 * Math.PI + turn;
    return `${(radius * Math.sin(angle)).toFixed(3)},${(-radius * Math.cos(angle)).toFixed(3)}`;
  });
  return `M${points.join('L')}Z`;
};

const cross = 'M0-.45L.5-.95.95-.5.45 0 .95.5.5.95 0 .45-.5.95-.95.5-.45 0-.95-.5-.5-.95Z';
const plus = 'M-.32-1H.32V-.32H1V.32H.32V1H-.32V.32H-1V-.32H-.32Z';
const circle = 'M-.9 0A.9.9 0 1 1 .9 0 .9.9 0 1 1-.9 0Z';
const square = 'M-.82-.82H.82V.82H-.82Z';

type Row = readonly [label: string, shortLabel: string, marker: string, dash: string, lineWidth?: number];

const ROWS: Readonly<Record<string, Row>> = {
  'blis-blackbox': ['BLIS blackbox', 'blackbox', polygon(6, 0), '1 2'],
  'blis-roofline': ['BLIS roofline', 'roofline', square, '6 3'],
  'blis-crossmodel': ['BLIS crossmodel', 'crossmodel', cross, '4 2 1 2'],
  'blis-trained-roofline': ['BLIS trained-roofline', 'trained-roofline', circle, '12 3'],
  'blis-trained-physics': ['BLIS trained-physics', 'trained-physics', polygon(5, 0, 0.42), 'none', 1.75],
  vidur: ['Vidur', 'Vidur', polygon(4, 0), '1 3'],
  'llm-optimizer-estimate': ['LLM-Optimizer', 'LLM-Optimizer', polygon(3, 0), '8 3 2 3'],
  'aiconfigurator-estimate': ['AIConfigurator', 'AIConfigurator', polygon(3, Math.PI), '2 3'],
  llmservingsim: ['LLMServingSim', 'LLMServingSim', plus, '10 4'],
};

/** A replay looks like its simulator, with a hole in the marker and finer dashes. */
const REPLAY = /-replayed$/;
const REPLAY_DASH = '1 3';

/** Drawn against the direction of the markers, so that it cuts a hole into them. */
const hole = 'M-.38 0A.38.38 0 1 0 .38 0 .38.38 0 1 0-.38 0Z';

export function simulatorStyle(name: string): SimulatorStyle {
  const base = name.replace(REPLAY, '');
  const isReplay = base !== name;
  const row = ROWS[base];
  const [label, shortLabel, marker, dash, lineWidth = 1.5] = row ?? [base, base, circle, '3 3'];
  return {
    name,
    label: isReplay ? `${label}, replayed` : label,
    shortLabel: isReplay ? `${shortLabel}, replayed` : shortLabel,
    colour: row ? `var(--sim-${base})` : 'var(--sim-other)',
    dash: isReplay ? REPLAY_DASH : dash,
    lineWidth,
    marker: isReplay ? marker + hole : marker,
  };
}
