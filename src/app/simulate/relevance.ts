// Which settings count beside the others. What nothing reads is hidden in the form and does not cross to the worker.

import { isServerChoice } from './held-servers';
import { DEFAULT_SETTINGS, type FleetSettings, type SettingName } from './setting-table';

/** Where the requests come from: the first of these that is given counts, as on the command line. */
export type SourceKind = 'recorded' | 'spec' | 'preset' | 'distribution';

export function sourceOf(settings: FleetSettings): SourceKind {
  if (settings.recordedLoad !== '') return 'recorded';
  if (settings.workloadSpec.trim() !== '') return 'spec';
  return settings.workload === 'distribution' || settings.workload === '' ? 'distribution' : 'preset';
}

const LENGTHS: readonly SettingName[] = [
  'promptMean',
  'promptStddev',
  'promptMin',
  'promptMax',
  'outputMean',
  'outputStddev',
  'outputMin',
  'outputMax',
  'prefixTokens',
];
const FOR_SOURCE: Readonly<Record<SourceKind, readonly SettingName[]>> = {
  distribution: ['rateRps', 'numRequests', 'concurrency', 'thinkTimeMs', ...LENGTHS],
  preset: ['workload', 'rateRps', 'numRequests'],
  spec: ['workloadSpec', 'numRequests'],
  recorded: ['recordedLoad', 'sessionMode', 'thinkTimeMs'],
};
const OF_SOURCES = new Set(Object.values(FOR_SOURCE).flat());

type Rule = (settings: FleetSettings) => boolean;
const admits =
  (policy: string): Rule =>
  (settings) =>
    settings.admissionPolicy === policy;
const detects =
  (detector: string): Rule =>
  ({ flowControl, saturationDetector }) =>
    flowControl === 'true' && saturationDetector === detector;
const isGated: Rule = ({ flowControl }) => flowControl === 'true';
const hasPools: Rule = ({ prefillInstances, decodeInstances }) =>
  Number(prefillInstances) > 0 || Number(decodeInstances) > 0;
const hasCpuTier: Rule = ({ kvCpuBlocks }) => Number(kvCpuBlocks) > 0;
const scales: Rule = ({ autoscalerIntervalUs }) => Number(autoscalerIntervalUs) > 0;
const tracesDecisions: Rule = ({ traceLevel }) => traceLevel === 'decisions';
const isWeighted: Rule = ({ routingPolicy }) => routingPolicy === 'weighted';

/** A calibrated server brings its coefficients and its schedule. */
const isUncalibrated: Rule = ({ latencyModel }) => !isServerChoice(latencyModel);

/** Settings that only count beside others. */
const READ_WITH: Readonly<Partial<Record<SettingName, Rule>>> = {
  alpha: isUncalibrated,
  beta: isUncalibrated,
  pipelinedScheduling: isUncalibrated,
  routingScorers: isWeighted,
  scorerProfile: isWeighted,
  tokenBucketCapacity: admits('token-bucket'),
  tokenBucketRefillRate: admits('token-bucket'),
  tierShedThreshold: admits('tier-shed'),
  tierShedMinPriority: admits('tier-shed'),
  gaieQdThreshold: admits('gaie-legacy'),
  gaieKvThreshold: admits('gaie-legacy'),
  kvTransferBandwidth: hasCpuTier,
  kvTransferBaseLatencyUs: hasCpuTier,
  saturationDetector: isGated,
  dispatchOrder: isGated,
  maxGatewayQueueDepth: isGated,
  queueDepthThreshold: detects('utilization'),
  kvCacheUtilThreshold: detects('utilization'),
  maxConcurrency: detects('concurrency'),
  pdDecider: hasPools,
  pdPrefixThreshold: (settings) => hasPools(settings) && settings.pdDecider === 'prefix-threshold',
  pdTransferBandwidthGbs: hasPools,
  pdTransferBaseLatencyMs: hasPools,
  pdTransferContention: hasPools,
  prefillTp: hasPools,
  decodeTp: hasPools,
  prefillHardware: hasPools,
  decodeHardware: hasPools,
  prefillLatencyModel: hasPools,
  decodeLatencyModel: hasPools,
  prefillMaxModelLen: hasPools,
  decodeMaxModelLen: hasPools,
  prefillRoutingScorers: hasPools,
  decodeRoutingScorers: hasPools,
  scaleUpCooldownUs: scales,
  scaleDownCooldownUs: scales,
  actuationDelayMeanS: scales,
  actuationDelayStddevS: scales,
  analyzerKvCacheThreshold: scales,
  analyzerScaleUpThreshold: scales,
  analyzerScaleDownBoundary: scales,
  analyzerAvgInputTokens: scales,
  counterfactualK: tracesDecisions,
  summarizeTrace: tracesDecisions,
};

/** False for settings that nothing reads beside the others: the form hides them, and they do not cross to the worker. */
export function isRead(name: SettingName, settings: FleetSettings): boolean {
  const rule = READ_WITH[name];
  if (rule !== undefined) return rule(settings);
  if (!OF_SOURCES.has(name)) return true;
  const source = sourceOf(settings);
  if (!FOR_SOURCE[source].includes(name)) return false;
  const hasUsers = Number(settings.concurrency) > 0;
  if (name === 'rateRps') return !(source === 'distribution' && hasUsers);
  if (name !== 'thinkTimeMs') return true;
  return source === 'recorded' ? settings.sessionMode === 'closed-loop' : hasUsers;
}

/** True if the text says something else than the default; an empty text says nothing. */
export const isGiven = (name: SettingName, settings: FleetSettings): boolean =>
  settings[name].trim() !== '' && settings[name] !== DEFAULT_SETTINGS[name] && isRead(name, settings);
