// A resolved latency model as the block of doubles that assembly/latency reads. Slots 0–7 are common to all kinds, the rest
// are written by the model's own file. Valid models only: callers check them beforehand (latency-errors.ts).

import type { LatencyModel, LatencyModelName } from '../domain/latency';
import { physicsVectorOf } from '../domain/physics';
import { isCorrected } from '../domain/corrections';
import { kvHeads, requireFacts } from './latency-facts';
import { physicsBlock, physicsSlots } from './physics-model';
import { writeRoofline } from './roofline-params';
import { writeTrainedPhysics, writeTrainedRoofline } from './trained-params';

/** Doubles per block. */
export const LATENCY_BLOCK_SLOTS = 48;

const OWN = 8;

const KINDS = {
  roofline: 0,
  blackbox: 1,
  crossmodel: 2,
  'trained-roofline': 3,
  'trained-physics': 4,
  physics: 7,
} as const;
const KIND_ROOFLINE_EARLY = 5;
const KIND_TRAINED_PHYSICS_DP = 6;

export function encodeLatencyModel(model: LatencyModel): Float64Array {
  const { name, version } = model;
  const block = new Float64Array(LATENCY_BLOCK_SLOTS);
  block[0] = kindOf(name, version);
  writeOverheads(block, model);
  // Only b05154c knows steps of 0 µs, and not for crossmodel.
  block[5] = version === 'b05154c' && name !== 'crossmodel' ? 0 : 1;
  switch (name) {
    case 'roofline':
      writeRoofline(block, model);
      break;
    case 'blackbox':
      block.set(model.coefficients.beta.slice(0, 3), OWN);
      break;
    case 'crossmodel':
      writeCrossmodel(block, model);
      break;
    case 'trained-roofline':
      writeTrainedRoofline(block, model);
      break;
    case 'trained-physics':
      writeTrainedPhysics(block, model);
      break;
    case 'physics':
      writePhysics(block, model);
      break;
  }
  return block;
}

function kindOf(name: LatencyModelName, version: LatencyModel['version']): number {
  if (name === 'roofline' && version === 'b05154c') return KIND_ROOFLINE_EARLY;
  if (name === 'trained-physics' && version === 'f90a1e3a') return KIND_TRAINED_PHYSICS_DP;
  return KINDS[name];
}

/** α1 is a cost per prompt token for the first three models and the post-decode overhead for the trained two. */
function writeOverheads(block: Float64Array, model: LatencyModel): void {
  const [a0 = 0, a1 = 0, a2 = 0] = model.coefficients.alpha;
  const isTrained = model.name === 'trained-roofline' || model.name === 'trained-physics';
  block.set([a0, isTrained ? 0 : a1, a2, isTrained ? a1 : 0], 1);
}

function writePhysics(block: Float64Array, model: LatencyModel): void {
  const { architecture, gpu } = requireFacts(model);
  const physics = physicsBlock({ architecture, gpu, tp: model.tp }, physicsVectorOf(model.coefficients));
  // The front-end delay is the queueing time; α has no other of the shared meanings.
  block.set([physics.delayUs, 0, 0, 0], 1);
  block.set(physicsSlots(physics), OWN);
}

function writeCrossmodel(block: Float64Array, model: LatencyModel): void {
  const { architecture } = requireFacts(model);
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = model.coefficients.beta;
  const { layers, hidden, heads, experts } = architecture;
  const stated = isCorrected(model, 'stated-head-size') ? architecture.statedHeadDim : undefined;
  const headDim = stated ?? hidden / heads;
  const kvFeature = ((layers * kvHeads(architecture) * headDim) / model.tp) * 1e-6;
  const isMoe = experts > (isCorrected(model, 'one-expert-is-dense') ? 1 : 0);
  block.set(
    [
      b0 * layers,
      b1,
      kvFeature,
      b2,
      isMoe ? 1 : 0,
      b3 * (model.tp > 1 ? 1 : 0),
      model.version === 'b05154c' ? 1 : 0,
    ],
    OWN,
  );
}
