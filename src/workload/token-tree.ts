// Which parts of explicitly listed prompts are the same text: a radix tree over token ids. Each request's new content belongs
// to its own streams (prompt, then answer); content that an earlier request already had is named after that request. A prefix
// cache looks at leading tokens only, so shared leading paths are all that matters.

import { freshStreamOf, outputStreamOf } from '../domain/workload';

/** Tokens [start, start + length) of a stream. */
export interface Piece {
  readonly stream: number;
  readonly start: number;
  readonly length: number;
}

interface Edge {
  /** Row whose content this is, and where in prompt-then-answer it lies. */
  readonly row: number;
  readonly start: number;
  readonly end: number;
  /** By the first token of the edge that follows. */
  readonly next: Map<number, Edge>;
}

export class TokenTree {
  private readonly roots = new Map<number, Edge>();
  /** Prompt then answer of each row. */
  private readonly contents: Uint32Array[] = [];
  private readonly promptLengths: number[] = [];

  /** Rows must be added in order 0, 1, 2, …. Returns the prompt's pieces. */
  add(prompt: Uint32Array, answer: Uint32Array): Piece[] {
    const row = this.contents.length;
    const content = new Uint32Array(prompt.length + answer.length);
    content.set(prompt);
    content.set(answer, prompt.length);
    this.contents.push(content);
    this.promptLengths.push(prompt.length);
    const pieces: Piece[] = [];
    let siblings = this.roots;
    let at = 0;
    while (at < content.length) {
      const head = content[at] ?? 0;
      const edge = siblings.get(head);
      if (edge === undefined) {
        siblings.set(head, { row, start: at, end: content.length, next: new Map() });
        this.describe(pieces, row, at, prompt.length - at);
        return pieces;
      }
      const known = this.contents[edge.row] ?? content;
      const length = Math.min(edge.end - edge.start, content.length - at);
      let same = 1;
      while (same < length && known[edge.start + same] === content[at + same]) same++;
      this.describe(pieces, edge.row, edge.start, Math.min(same, prompt.length - at));
      at += same;
      if (same < edge.end - edge.start) {
        const middle = edge.start + same;
        const tail: Edge = { row: edge.row, start: middle, end: edge.end, next: edge.next };
        const front: Edge = { row: edge.row, start: edge.start, end: middle, next: new Map() };
        front.next.set(known[middle] ?? 0, tail);
        siblings.set(head, front);
        siblings = front.next;
      } else {
        siblings = edge.next;
      }
    }
    return pieces;
  }

  /** Appends `length` tokens of a row's content from `start`, split where its prompt ends and its answer begins. */
  private describe(pieces: Piece[], row: number, start: number, length: number): void {
    if (length <= 0) return;
    const boundary = this.promptLengths[row] ?? 0;
    const inPrompt = Math.max(0, Math.min(length, boundary - start));
    if (inPrompt > 0) join(pieces, { stream: freshStreamOf(row), start, length: inPrompt });
    if (length > inPrompt) {
      join(pieces, {
        stream: outputStreamOf(row),
        start: start + inPrompt - boundary,
        length: length - inPrompt,
      });
    }
  }
}

/** Appends a piece, or lengthens the last one where the new one continues it. */
function join(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (last !== undefined && last.stream === piece.stream && last.start + last.length === piece.start) {
    pieces[pieces.length - 1] = { ...last, length: last.length + piece.length };
  } else {
    pieces.push(piece);
  }
}
