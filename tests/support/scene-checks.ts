// What must hold for every figure, whatever its data: everything on the page, text large enough, no two texts on each other.

import { CAP_HEIGHT, DESCENT, textWidth } from '../../src/figures/font/measure';
import { flatMarks, type Scene, type TextMark } from '../../src/figures/scene/scene';

interface Box {
  readonly text: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export function texts(scene: Scene): TextMark[] {
  return [...flatMarks(scene.marks)].filter((mark) => mark.kind === 'text');
}

/** Bounding box of a text, rotated ones included. */
export function boxOf(mark: TextMark): Box {
  const width = textWidth(mark.text, mark.sizePt, mark.face);
  const left = mark.anchor === 'start' ? 0 : mark.anchor === 'middle' ? -width / 2 : -width;
  const angle = ((mark.rotateDeg ?? 0) * Math.PI) / 180;
  const corners = [left, left + width].flatMap((x) =>
    [-CAP_HEIGHT * mark.sizePt, DESCENT * mark.sizePt].map((y) => [
      mark.x + x * Math.cos(angle) - y * Math.sin(angle),
      mark.y + x * Math.sin(angle) + y * Math.cos(angle),
    ]),
  );
  const xs = corners.map(([x]) => x!);
  const ys = corners.map(([, y]) => y!);
  return {
    text: mark.text,
    x1: Math.min(...xs),
    y1: Math.min(...ys),
    x2: Math.max(...xs),
    y2: Math.max(...ys),
  };
}

/** Pairs of upright texts that touch, as `a / b`. Slanted labels are left out: their boxes overlap though they do not. */
export function overlappingTexts(scene: Scene): string[] {
  const boxes = texts(scene)
    .filter((mark) => mark.rotateDeg === undefined)
    .map(boxOf);
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter(
        (b) =>
          Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1) > 0.2 &&
          Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1) > 1.2,
      )
      .map((b) => `${a.text} / ${b.text}`),
  );
}

export function textsOffPage(scene: Scene): string[] {
  return texts(scene)
    .map(boxOf)
    .filter((box) => box.x1 < 0 || box.y1 < 0 || box.x2 > scene.widthPt + 0.5 || box.y2 > scene.heightPt)
    .map((box) => box.text);
}
