// A named workload of the reference's `--workload` flag: token counts drawn from clamped normal distributions.

export interface TokenDistribution {
  readonly mean: number;
  readonly stddev: number;
  readonly min: number;
  readonly max: number;
}

export interface WorkloadPreset {
  readonly name: string;
  /** Tokens that all prompts share. */
  readonly prefixTokens: number;
  readonly prompt: TokenDistribution;
  readonly output: TokenDistribution;
}
