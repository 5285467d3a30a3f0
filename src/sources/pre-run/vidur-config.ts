// The few fields of Vidur's config.json that say what was simulated (vidur 7d47513). Every field may be absent: older versions
// nest differently, and a configuration that cannot be read only loses the automatic association.

export interface VidurConfig {
  readonly modelName?: string;
  readonly device?: string;
  readonly tensorParallel?: number;
  readonly numReplicas?: number;
  readonly schedulerName?: string;
  readonly batchSizeCap?: number;
  /** Absent for chunking schedulers. */
  readonly maxTokensInBatch?: number;
}

export function readVidurConfig(document: unknown): VidurConfig {
  const cluster = at(document, 'cluster_config');
  const replica = at(cluster, 'replica_config');
  const scheduler = at(cluster, 'replica_scheduler_config');
  return {
    ...text('modelName', at(replica, 'model_name')),
    ...text('device', at(replica, 'device')),
    ...number('tensorParallel', at(replica, 'tensor_parallel_size')),
    ...number('numReplicas', at(cluster, 'num_replicas')),
    ...text('schedulerName', at(scheduler, 'name')),
    ...number('batchSizeCap', at(scheduler, 'batch_size_cap')),
    ...number('maxTokensInBatch', at(scheduler, 'max_tokens_in_batch')),
  };
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

const text = <K extends string>(key: K, value: unknown): Partial<Record<K, string>> =>
  typeof value === 'string' ? ({ [key]: value } as Partial<Record<K, string>>) : {};

const number = <K extends string>(key: K, value: unknown): Partial<Record<K, number>> =>
  typeof value === 'number' ? ({ [key]: value } as Partial<Record<K, number>>) : {};
