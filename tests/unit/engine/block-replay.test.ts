// The replay with KV blocks: equal to the plain one where blocks are plenty, and to a second implementation where they are not.

import { describe, expect, it } from 'vitest';
import { DEFAULT_PHYSICS } from '../../../src/domain/physics';
import { BlockReplay, type BlockCache, type BlockReplayRequests } from '../../../src/engine/block-replay';
import { PipelinedReplay } from '../../../src/engine/pipelined-replay';
import { physicsBlock } from '../../../src/engine/physics-model';
import { modelBlockReplay } from '../../support/block-replay-model';
import { ARCHITECTURES, H100 } from '../../support/measured';
import { seededUniform } from '../../support/synthetic-server';
import { releaseModule } from '../../support/wasm';

const module = releaseModule();
const parameters = physicsBlock(
  { architecture: ARCHITECTURES['meta-llama/Llama-2-7b-hf'], gpu: H100, tp: 1 },
  DEFAULT_PHYSICS,
);

/** Random requests at `rateRps`; `prompts` = number of distinct ones, 0 = each its own. */
function draw(seed: number, count: number, rateRps: number, prompts: number): BlockReplayRequests {
  const uniform = seededUniform(seed);
  const arrivalUs = new Float64Array(count);
  for (let i = 1; i < count; i++) {
    arrivalUs[i] = (arrivalUs[i - 1] ?? 0) - (Math.log(1 - uniform()) / rateRps) * 1e6;
  }
  const lengths = Array.from({ length: Math.max(prompts, count) }, () => 40 + Math.floor(300 * uniform()));
  const place = (i: number): number => (prompts > 0 ? i % prompts : i);
  return {
    count,
    arrivalUs,
    promptTokens: Uint32Array.from(arrivalUs, (_, i) => lengths[place(i)] ?? 0),
    outputTokens: Uint32Array.from(arrivalUs, () => 1 + Math.floor(120 * uniform())),
    systemPrompt: Uint32Array.from(arrivalUs, (_, i) => place(i) % 3),
    prompt: Int32Array.from(arrivalUs, (_, i) => (prompts > 0 ? place(i) : -1)),
  };
}
const cacheOf = (blocks: number, over: Partial<BlockCache> = {}): BlockCache => ({
  blocks,
  blockSizeTokens: 16,
  prefixCaching: true,
  systemPromptTokens: 50,
  ...over,
});
function created(
  requests: BlockReplayRequests,
  cache: BlockCache,
  server = { maxNumRunningReqs: 32, maxNumScheduledTokens: 512, pipelinedScheduling: true },
  wanted = requests.count,
): BlockReplay {
  const replay = BlockReplay.create(module, server, requests, cache, wanted);
  if (!replay.ok) throw new Error(replay.error.message);
  return replay.value;
}

describe('replay with KV blocks', () => {
  it.each([true, false])(
    'equals the plain replay with plenty of blocks (one step ahead: %s)',
    (pipelined) => {
      const requests = draw(1, 400, 30, 0);
      const server = { maxNumRunningReqs: 32, maxNumScheduledTokens: 512, pipelinedScheduling: pipelined };
      const plain = PipelinedReplay.create(module, server, {
        ...requests,
        cachedTokens: new Uint32Array(requests.count),
      });
      if (!plain.ok) throw new Error(plain.error.message);
      const cache = cacheOf(20_000, { prefixCaching: false });
      for (const scale of [1, 1.02]) {
        const expected = plain.value.run(parameters, scale);
        const found = created(requests, cache, server).run(parameters, scale);
        expect(found.preemptions).toBe(0);
        expect(found.blockedDecisions).toBe(0);
        expect(found.steps).toBe(expected.steps);
        for (let i = 0; i < requests.count; i++) {
          expect(found.ttftUs[i]).toBeCloseTo(expected.ttftUs[i] ?? NaN, 3);
          expect(found.e2eUs[i]).toBeCloseTo(expected.e2eUs[i] ?? NaN, 3);
        }
      }
    },
  );

  it('equals a second implementation when blocks run short', () => {
    let preemptions = 0;
    for (let seed = 1; seed <= 24; seed++) {
      const prompts = [0, 7, 40][seed % 3] ?? 0;
      const requests = draw(seed, 150, 8 + 3 * (seed % 9), prompts);
      const cache = cacheOf(60 + 25 * (seed % 5), { prefixCaching: seed % 4 !== 0 });
      const server = { maxNumRunningReqs: 24, maxNumScheduledTokens: 256, pipelinedScheduling: true };
      const expected = modelBlockReplay(requests, cache, server, parameters);
      const found = created(requests, cache, server).run(parameters);
      expect(found.preemptions, `case ${seed}`).toBe(expected.preemptions);
      preemptions += found.preemptions;
      for (let i = 0; i < requests.count; i++) {
        expect(found.ttftUs[i], `case ${seed}, request ${i}`).toBeCloseTo(expected.ttftUs[i] ?? NaN, 2);
        expect(found.e2eUs[i], `case ${seed}, request ${i}`).toBeCloseTo(expected.e2eUs[i] ?? NaN, 2);
      }
    }
    expect(preemptions).toBeGreaterThan(100);
  });

  it('keeps the tokens of a request that is sent back', () => {
    // Each fills three blocks and needs a fourth for its last token. Of seven, the older one takes the last.
    const requests: BlockReplayRequests = {
      count: 2,
      arrivalUs: Float64Array.of(0, 0),
      promptTokens: Uint32Array.of(30, 30),
      outputTokens: Uint32Array.of(20, 20),
      systemPrompt: new Uint32Array(2),
      prompt: Int32Array.of(-1, -1),
    };
    const replay = created(requests, cacheOf(7, { prefixCaching: false, systemPromptTokens: 0 }));
    const { ttftUs, e2eUs, steps, preemptions } = replay.run(parameters);
    expect(preemptions).toBe(1);
    // From scratch the younger one would need 20 more steps.
    expect(steps).toBeLessThan(20 + 5);
    expect(ttftUs[1]).toBeLessThan(100_000);
    expect(e2eUs[1]).toBeGreaterThan(e2eUs[0] ?? NaN);
  });

  it('ends when the wanted requests have ended', () => {
    const requests = draw(3, 300, 40, 10);
    const cache = cacheOf(90);
    const whole = created(requests, cache).run(parameters);
    const last = whole.e2eUs.slice();
    const part = created(requests, cache, undefined, 50).run(parameters);
    expect(part.steps).toBeLessThan(whole.steps / 2);
    expect([...part.e2eUs.slice(0, 50)]).toEqual([...last.slice(0, 50)]);
    expect(part.e2eUs[299]).toBeNaN();
  });

  it('refuses a request larger than the cache', () => {
    const requests = draw(4, 5, 1, 0);
    const server = { maxNumRunningReqs: 32, maxNumScheduledTokens: 512, pipelinedScheduling: true };
    const refused = BlockReplay.create(module, server, requests, cacheOf(3), 5);
    expect(refused.ok ? '' : refused.error.message).toMatch(
      /^Request 0 needs \d+ tokens of KV cache \(\d+ blocks\); the server has 3 blocks of 16 tokens\. Check the number of KV blocks/,
    );
  });
});
