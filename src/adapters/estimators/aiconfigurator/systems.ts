// Device and network constants by system (aiconfigurator v0.9.0, systems/*.yaml). They belong to that program: its tables were
// clamped and its fallbacks derived with exactly these figures, so they are not taken from our own catalogue.

import { fail, ok, type Result } from '../../../base/result';

export interface SystemConstants {
  readonly name: string;
  /** byte/s. */
  readonly memoryBandwidth: number;
  readonly memoryCapacityBytes: number;
  /** Dense FLOP/s; FP8 and FP4 absent where the device has none. */
  readonly bfloat16Flops: number;
  readonly fp8Flops?: number;
  readonly fp4Flops?: number;
  readonly gpusPerNode: number;
  readonly gpusPerRack?: number;
  /** byte/s per GPU, one direction. */
  readonly intraNodeBandwidth: number;
  readonly interNodeBandwidth: number;
  readonly interRackBandwidth?: number;
  /** Which nccl table goes with the system. */
  readonly ncclVersion: string;
}

/** The same for every system. */
export const MEMORY_DERATE = 0.8;
export const MEMORY_LATENCY_S = 3e-6;
export const P2P_LATENCY_S = 1e-5;
export const OTHER_MEMORY_BYTES = 3758096384;
const NCCL_MEMORY_BYTES: Readonly<Record<number, number>> = {
  1: 0,
  2: 358612992,
  4: 411041792,
  8: 411041792,
};

/** Bytes that the communication library holds at this tensor-parallel width. */
export const ncclMemoryBytes = (tp: number): number => NCCL_MEMORY_BYTES[Math.min(tp, 8)] ?? 0;

const system = (
  name: string,
  memoryBandwidth: number,
  memoryCapacityBytes: number,
  flops: readonly [bf16: number, fp8?: number, fp4?: number],
  network: readonly [gpusPerNode: number, intra: number, inter: number],
  ncclVersion: string,
  rack?: readonly [gpus: number, interRack: number],
): SystemConstants => ({
  name,
  memoryBandwidth,
  memoryCapacityBytes,
  bfloat16Flops: flops[0],
  ...(flops[1] === undefined ? {} : { fp8Flops: flops[1] }),
  ...(flops[2] === undefined ? {} : { fp4Flops: flops[2] }),
  gpusPerNode: network[0],
  intraNodeBandwidth: network[1],
  interNodeBandwidth: network[2],
  ...(rack === undefined ? {} : { gpusPerRack: rack[0], interRackBandwidth: rack[1] }),
  ncclVersion,
});

const GIB_24 = 25769803776;
const GIB_80 = 85899345920;

export const SYSTEMS: readonly SystemConstants[] = [
  system('h100_sxm', 3.35e12, GIB_80, [989e12, 1978e12], [8, 4.5e11, 5e10], '2.27.3'),
  system('h100_pcie', 2e12, GIB_80, [756.5e12, 1513e12], [8, 6.4e10, 5e10], '2.27.3'),
  system('h200_sxm', 4.8e12, 151397597184, [989e12, 1978e12], [8, 4.5e11, 5e10], '2.26.2'),
  system('a100_sxm', 2.039e12, GIB_80, [312e12], [8, 3e11, 2.5e10], '2.27.3'),
  system('a100_pcie', 1.935e12, GIB_80, [312e12], [8, 3.2e10, 2.5e10], '2.27.3'),
  system('a30', 9.33e11, GIB_24, [165e12], [8, 3.2e10, 2.5e10], '2.27.3'),
  system('b200_sxm', 8e12, 193273528320, [2250e12, 4500e12, 9000e12], [8, 9e11, 1e11], '2.27.3'),
  system('b300_sxm', 7.75e12, 288400343040, [2250e12, 4500e12, 14000e12], [8, 9e11, 1e11], '2.27'),
  system('b60', 4.56e11, GIB_24, [98.304e12], [8, 3.2e10, 5e10], '2.23'),
  system('gb200', 8e12, 198674743296, [2500e12, 5000e12, 10000e12], [4, 9e11, 9e11], '2.23', [72, 1e11]),
  system('gb300', 8e12, 298013687808, [2500e12, 5000e12, 15000e12], [4, 9e11, 9e11], '2.27', [72, 1e11]),
  system('l4', 3e11, GIB_24, [121e12, 242e12], [8, 3.2e10, 2.5e10], '2.27.3'),
  system('l40s', 8.64e11, 48305799168, [362.05e12, 733e12], [8, 3.2e10, 5e10], '2.27.3'),
  system(
    'rtx_pro_6000_server',
    1.792e12,
    102641958912,
    [467.800534963698e12, 935.601069927397e12, 1871.202139854795e12],
    [2, 6.4e10, 5e10],
    '2.28.9',
  ),
];

export function findSystem(name: string): Result<SystemConstants> {
  const found = SYSTEMS.find((known) => known.name === name);
  if (found !== undefined) return ok(found);
  return fail({
    code: 'unknown-name',
    field: 'system',
    message: `AIConfigurator has no constants for the system "${name}"; it knows ${SYSTEMS.map((known) => known.name).join(', ')}.`,
  });
}

/** FLOP/s at a compute factor: the device's own figure, or that multiple of bfloat16 where it states none. */
export function tensorFlops(constants: SystemConstants, compute: 1 | 2 | 4): number {
  if (compute === 1) return constants.bfloat16Flops;
  const stated = compute === 2 ? constants.fp8Flops : constants.fp4Flops;
  return stated ?? constants.bfloat16Flops * compute;
}

/** byte/s between peers in a group of `gpus`: within a node, within a rack, beyond. */
export function peerBandwidth(constants: SystemConstants, gpus: number): number {
  if (gpus <= constants.gpusPerNode) return constants.intraNodeBandwidth;
  if (gpus <= (constants.gpusPerRack ?? Infinity)) return constants.interNodeBandwidth;
  return constants.interRackBandwidth ?? constants.interNodeBandwidth;
}
