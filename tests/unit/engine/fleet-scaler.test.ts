// Autoscaler decisions small enough to check by hand: 100 blocks of 10 tokens an instance, thresholds 0.8 / 0.8 / 0.4, so that a
// replica supplies 800 tokens, grows above 640 and shrinks below 320 tokens of demand a remaining replica.

import { describe, expect, it } from 'vitest';
import {
  ADMISSION_DEFAULTS,
  ANALYZER_DEFAULTS,
  type AutoscalerConfig,
  type ClusterConfig,
} from '../../../src/domain/cluster-config';
import { FleetScaler, type FleetActions, type SeenInstance } from '../../../src/engine/fleet-scaler';

const SCALER: AutoscalerConfig = {
  ...ANALYZER_DEFAULTS,
  intervalUs: 1000,
  scaleUpCooldownUs: 0,
  scaleDownCooldownUs: 0,
  actuationDelay: { meanS: 0, stddevS: 0 },
};

const IDLE: SeenInstance = {
  isRoutable: true,
  queueDepth: 0,
  usedBlocks: 0,
  totalBlocks: 100,
  emptiedUs: Infinity,
};
const busy = (usedBlocks: number, queueDepth = 0): SeenInstance => ({
  ...IDLE,
  usedBlocks,
  queueDepth,
});

function setUp(instances: number, gpus: number, changes: Partial<AutoscalerConfig> = {}, normal = 0) {
  const pool = {
    name: 'a',
    gpuType: 'H100',
    gpusPerNode: gpus,
    gpuMemoryGib: 80,
    initialNodes: 1,
    minNodes: 1,
    maxNodes: 1,
    provisioningDelay: { meanS: 0, stddevS: 0 },
    costPerHour: 4,
  };
  const config: ClusterConfig = {
    instances,
    admission: ADMISSION_DEFAULTS,
    sloPriorities: {},
    tenantBudgets: {},
    routing: { policy: 'round-robin', scorers: [] },
    snapshotRefreshIntervalUs: 0,
    cacheSignalDelayUs: 0,
    recordDecisions: false,
    counterfactualK: 0,
    legacySignals: false,
    nodePools: gpus > 0 ? [pool] : [],
    replica: { model: 'demo/m', gpuType: 'H100', tp: 2 },
    autoscaler: { ...SCALER, ...changes },
  };
  const scaler = new FleetScaler({
    config,
    blockSizeTokens: 10,
    horizonUs: 50_000,
    normal: () => normal,
  });
  const started = Array.from({ length: instances }, (_, index) => scaler.start(`instance_${index}`));
  const seen: SeenInstance[] = Array.from({ length: instances }, () => IDLE);
  const names: string[] = [];
  const fleet: FleetActions = {
    see: () => seen,
    add: (name) => {
      names.push(name);
      seen.push(IDLE);
    },
    retire: (index) => {
      seen[index] = { ...(seen[index] ?? IDLE), isRoutable: false };
    },
    isIdle: () => false,
  };
  return { scaler, started, seen, names, fleet };
}

describe('autoscaler', () => {
  it('grows above the threshold only, and counts the queue by its mean prompt', () => {
    const { scaler, seen, names, fleet } = setUp(1, 4);
    seen[0] = busy(64);
    expect(scaler.act(0, fleet)).toEqual([]);
    seen[0] = busy(13, 1); // 130 + 512 = 642 tokens
    expect(scaler.act(1000, fleet)).toEqual([{ isUp: true, index: 1 }]);
    expect(names).toEqual(['autoscale-demo/m-000001']);
  });

  it('never retires the last replica, nor one whose supply is still needed', () => {
    const one = setUp(1, 2);
    expect(one.scaler.act(0, one.fleet)).toEqual([]);
    const two = setUp(2, 4);
    two.seen[0] = busy(32);
    expect(two.scaler.act(0, two.fleet)).toEqual([]);
    two.seen[0] = busy(31);
    expect(two.scaler.act(1000, two.fleet)).toEqual([{ isUp: false, index: 0 }]);
  });

  it('lets a cooldown run from the decision, its end included', () => {
    const { scaler, seen, fleet } = setUp(1, 8, {
      scaleUpCooldownUs: 2000,
      actuationDelay: { meanS: 0.0005, stddevS: 0 },
    });
    seen[0] = busy(100, 20);
    const changes: number[] = [];
    for (let at = scaler.nextUs; at <= 4500; at = scaler.nextUs) {
      if (scaler.act(at, fleet).length > 0) changes.push(at);
    }
    expect(changes).toEqual([500, 2500, 4500]);
  });

  it('takes a negative random delay as none', () => {
    const { scaler, seen, fleet } = setUp(1, 4, { actuationDelay: { meanS: 1, stddevS: 1 } }, -3);
    seen[0] = busy(100);
    expect(scaler.act(0, fleet)).toEqual([{ isUp: true, index: 1 }]);
  });

  it('gives GPUs back once a retired instance has emptied', () => {
    const { scaler, seen, names, fleet } = setUp(2, 4);
    seen[0] = busy(10);
    expect(scaler.act(0, fleet)).toEqual([{ isUp: false, index: 0 }]);
    seen[1] = busy(100);
    expect(scaler.act(1000, fleet)).toEqual([]); // all four GPUs are held
    seen[0] = { ...IDLE, isRoutable: false, emptiedUs: 2000 };
    expect(scaler.act(2000, fleet)).toEqual([]); // it empties after what the fleet decides at this time
    expect(scaler.act(3000, fleet)).toEqual([{ isUp: true, index: 2 }]);
    expect(names).toHaveLength(1);
  });

  it('leaves out replicas whose capacity nobody has looked at yet', () => {
    const { scaler, seen, fleet } = setUp(3, 6);
    seen[0] = { ...IDLE, totalBlocks: 0, queueDepth: 100 };
    seen[1] = busy(31);
    // Two replicas of 800 tokens against 310: one can go, and it is the oldest, known or not.
    expect(scaler.act(0, fleet)).toEqual([{ isUp: false, index: 0 }]);
  });
});

describe('placement', () => {
  it('leaves waiting what does not fit', () => {
    expect(setUp(3, 5).started).toEqual([true, true, false]);
  });

  it('starts everything but adds nothing without node pools', () => {
    const { scaler, started, seen, fleet } = setUp(2, 0);
    expect(started).toEqual([true, true]);
    seen.fill(busy(100));
    expect(scaler.act(0, fleet)).toEqual([]);
  });
});
