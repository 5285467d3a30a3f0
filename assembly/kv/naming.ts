// Giving identity to the counted blocks of a request, when an odd reload or a crowded CPU tier needs to tell them apart.

import { addCrosser } from '../engine/crossers';
import { crossingPhase } from '../engine/batch';
import { Instance } from '../engine/instance';
import { Phase, Request, State } from '../engine/request';
import { own } from './explicit';
import { Key, keyFor, makePrivateKeys } from './keys';
import { ownedIn } from './owned';
import { makeBlock } from './pool';

/** From here on r's blocks are records. `isMirrored`: the full ones it has as a member have been through a pass. */
export function makeExplicit(inst: Instance, r: Request, isMirrored: bool): void {
  makePrivateKeys(inst, r);
  r.explicit = 1;
  if (r.state != State.RUNNING) return;
  const size = inst.blockSize;
  const stored = <u32>(r.phase == Phase.DECODE ? r.progress + inst.decodeCount - <i64>r.base : r.progress);
  const total = (stored + size - 1) / size;
  let before: usize = r.ownedCount == 0 ? 0 : ownedIn(r.owned, r.ownedCount - 1).key;
  for (let i = r.ownedCount; i < total; i++) {
    const from = r.base + <i32>(i * size);
    const isPrompt = r.base == 0 && i * size < r.inputTokens;
    if ((i + 1) * size <= stored && (size > 1 || isPrompt)) {
      before = keyFor(inst, r, from, before);
      own(r, makeBlock(inst.pool, before));
      const key = changetype<Key>(before);
      key.owners++;
      if (isMirrored) key.onCpu = 1;
    } else own(r, makeBlock(inst.pool, 0));
  }
  r.fill = total == 0 ? 0 : stored - (total - 1) * size;
  if (r.phase == Phase.DECODE) {
    inst.explicitDecoding++;
    addCrosser(inst, crossingPhase(inst, r), r);
  }
}
