// The replay with KV blocks once more, written for reading: queues as arrays, blocks as objects, contents as strings. Slow; tests
// hold the module's replay to it. Schedules one step ahead.

import { physicsStepUs, type PhysicsBlock } from '../../src/engine/physics-model';
import type { BlockCache, BlockReplayRequests } from '../../src/engine/block-replay';

interface Block {
  references: number;
  content: string;
}

export interface ModelTimes {
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  readonly preemptions: number;
}

export function modelBlockReplay(
  requests: BlockReplayRequests,
  cache: BlockCache,
  server: { readonly maxNumRunningReqs: number; readonly maxNumScheduledTokens: number },
  parameters: PhysicsBlock,
): ModelTimes {
  const { count } = requests;
  const size = cache.blockSizeTokens;
  const value = (column: ArrayLike<number>, row: number): number => column[row] ?? NaN;
  const arrival = (row: number): number => value(requests.arrivalUs, row) + parameters.delayUs;
  const prompt = (row: number): number => value(requests.promptTokens, row);
  /** Least recently freed first. */
  const free: Block[] = Array.from({ length: cache.blocks }, () => ({ references: 0, content: '' }));
  const known = new Map<string, Block>();
  const owned: Block[][] = Array.from({ length: count }, () => []);
  const computed = Array.from({ length: count }, () => 0);
  const produced = Array.from({ length: count }, () => 0);
  const ttftUs = new Float64Array(count).fill(NaN);
  const e2eUs = new Float64Array(count).fill(NaN);
  const total = (row: number): number => prompt(row) + value(produced, row);

  const take = (): Block => {
    const block = free.shift();
    if (block === undefined) throw new Error('no free block');
    if (known.get(block.content) === block) known.delete(block.content);
    block.content = '';
    block.references = 1;
    return block;
  };
  const release = (row: number): void => {
    for (const block of owned[row]?.reverse() ?? []) if (--block.references === 0) free.push(block);
    owned[row] = [];
  };
  const contentOf = (row: number, index: number): string => {
    const end = (index + 1) * size;
    const shared = value(requests.prompt, row);
    if (end <= Math.min(cache.systemPromptTokens, prompt(row))) {
      return `system ${value(requests.systemPrompt, row)} block ${index}`;
    }
    return end <= prompt(row) && shared >= 0
      ? `prompt ${shared} block ${index}`
      : `own ${row} block ${index}`;
  };
  const nameBlocks = (row: number, from: number, to: number): void => {
    if (!cache.prefixCaching) return;
    for (let index = Math.floor(from / size); index < Math.floor(to / size); index++) {
      const block = owned[row]?.[index];
      const content = contentOf(row, index);
      if (block === undefined) throw new Error('a filled block is missing');
      if (known.has(content)) continue;
      block.content = content;
      known.set(content, block);
    }
  };

  let running: number[] = [];
  const waiting: number[] = [];
  let next = 0;
  let now = -Infinity;
  let lastStart = -Infinity;
  let held: number[] = [];
  let preemptions = 0;
  const releaseHeld = (): void => {
    for (const row of held) release(row);
    held = [];
  };
  for (;;) {
    if (running.length === 0 && waiting.length === 0) {
      if (next >= count) return { ttftUs, e2eUs, preemptions };
      if (arrival(next) > lastStart || held.length >= server.maxNumRunningReqs) {
        now = Math.max(now, arrival(next));
        lastStart = now;
        releaseHeld();
      }
    }
    while (next < count && arrival(next) <= lastStart) waiting.push(next++);
    let budget = server.maxNumScheduledTokens;
    const batch: { row: number; from: number; chunk: number; decodes: boolean }[] = [];
    let preempted = false;
    for (let k = 0; k < running.length && budget > 0; k++) {
      const row = running[k] ?? NaN;
      const from = value(computed, row);
      const chunk = Math.min(total(row) - from, budget);
      const missing = Math.ceil((from + chunk) / size) - (owned[row]?.length ?? 0);
      while (missing > free.length && running.includes(row)) {
        const victim = running.pop() ?? NaN;
        preempted = true;
        preemptions++;
        release(victim);
        computed[victim] = 0;
        waiting.unshift(victim);
      }
      if (!running.includes(row)) break;
      for (let j = 0; j < missing; j++) owned[row]?.push(take());
      budget -= chunk;
      batch.push({ row, from, chunk, decodes: total(row) - from === 1 && value(produced, row) > 0 });
    }
    while (!preempted && waiting.length > 0 && budget > 0) {
      if (running.length + held.length >= server.maxNumRunningReqs) break;
      const row = waiting[0] ?? NaN;
      const hits: Block[] = [];
      while ((hits.length + 1) * size < total(row)) {
        const block = cache.prefixCaching ? known.get(contentOf(row, hits.length)) : undefined;
        if (block === undefined) break;
        hits.push(block);
      }
      const from = hits.length * size;
      const chunk = Math.min(total(row) - from, budget);
      const missing = Math.ceil((from + chunk) / size) - hits.length;
      if (missing + hits.filter(({ references }) => references === 0).length > free.length) break;
      waiting.shift();
      for (const block of hits) if (block.references++ === 0) free.splice(free.indexOf(block), 1);
      owned[row] = [...hits, ...Array.from({ length: missing }, take)];
      computed[row] = from;
      running.push(row);
      budget -= chunk;
      batch.push({ row, from, chunk, decodes: false });
    }
    releaseHeld();
    if (batch.length === 0) {
      lastStart = now;
      continue;
    }
    const decodes = batch.filter((each) => each.decodes);
    const prefills = batch.filter((each) => !each.decodes);
    const context = decodes.reduce((sum, { from }) => sum + from, 0);
    const end =
      now +
      physicsStepUs(
        parameters,
        decodes.length,
        context,
        prefills.map(({ from, chunk }) => ({ computed: from, newTokens: chunk })),
      );
    const ending = decodes.filter(
      ({ row }) => value(produced, row) + 1 === value(requests.outputTokens, row),
    );
    for (const { row, from, chunk } of batch) {
      computed[row] = from + chunk;
      nameBlocks(row, from, from + chunk);
      if (from + chunk < total(row)) continue;
      produced[row] = value(produced, row) + 1;
      const since = end - value(requests.arrivalUs, row);
      if (value(produced, row) === 1) ttftUs[row] = since + parameters.streamUs * decodes.length;
      if (value(produced, row) >= value(requests.outputTokens, row)) {
        e2eUs[row] = since + parameters.streamUs * (decodes.length - ending.length);
        held.push(row);
      }
    }
    running = running.filter((row) => !held.includes(row));
    lastStart = now;
    now = end;
  }
}
