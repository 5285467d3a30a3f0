// What every word on the page means: one definition, a formula, an example by hand, and how other tools use the same word.

export interface Usage {
  readonly tool: string;
  readonly meaning: string;
}

export interface Definition {
  /** Part of the address; other places link here. */
  readonly id: string;
  readonly term: string;
  readonly spelledOut?: string;
  readonly text: string;
  readonly formula?: string;
  readonly example?: string;
  readonly elsewhere?: readonly Usage[];
}

export interface DefinitionGroup {
  readonly title: string;
  readonly definitions: readonly Definition[];
}

const usage = (tool: string, meaning: string): Usage => ({ tool, meaning });

export const DEFINITION_GROUPS: readonly DefinitionGroup[] = [
  {
    title: 'Latencies of a request',
    definitions: [
      {
        id: 'ttft',
        term: 'TTFT',
        spelledOut: 'time to first token',
        text: 'From the arrival of a request to the end of the step that finishes its prompt, which yields the first token.',
        formula: 'TTFT = step start + step time + output-token time − arrival',
        example: 'Arrival at 0 ms, step from 4 ms to 16 ms, output-token time 0.9 ms: TTFT = 16.9 ms.',
        elsewhere: [
          usage(
            'vLLM and SGLang bench',
            'from sending the HTTP request, after the client’s own queue; 0 for a failed request',
          ),
          usage(
            'inference-perf',
            'from sending; a reply of one token has none, because two token times are needed',
          ),
          usage('GuideLLM', 'from request_start; absent for a failed request'),
          usage('AIPerf', 'from request_start_ns; absent for a failed request'),
          usage('LLMPerf', 'from the call; a failed request becomes an error row'),
          usage('BLIS traces', 'from sending; failed requests are excluded'),
        ],
      },
      {
        id: 'itl',
        term: 'ITL',
        spelledOut: 'inter-token latency',
        text: 'Step time plus output-token time of each step in which the request decoded. Percentiles are taken over all gaps of all requests together.',
        formula: 'ITL entry = step time + output-token time',
        example:
          'Three decode steps of 8, 8 and 20 ms: mean ITL 12 ms, and the 20 ms gap stays visible in the tail.',
        elsewhere: [
          usage('vLLM and SGLang bench', 'all chunk gaps pooled'),
          usage('inference-perf', 'all token gaps pooled'),
          usage('GuideLLM', 'means per request: a single stall disappears'),
          usage('AIPerf', 'means per request as inter_token_latency, pooled gaps as inter_chunk_latency'),
          usage('LLMPerf', 'means per request'),
        ],
      },
      {
        id: 'tpot',
        term: 'TPOT',
        spelledOut: 'time per output token',
        text: 'Mean time per token after the first. It is a request mean and not to be put on one axis with pooled ITL.',
        formula: 'TPOT = (E2E − TTFT) ÷ (output tokens − 1)',
        example: 'E2E 1 020 ms, TTFT 20 ms, 101 output tokens: TPOT = 10 ms.',
        elsewhere: [
          usage('vLLM and SGLang bench', '(E2E − TTFT) ÷ (output − 1), requests with more than one token'),
          usage('inference-perf', '(last − first token) ÷ (output − 1)'),
          usage('GuideLLM', '(last token − start) ÷ output: includes TTFT'),
          usage('AIPerf', 'the same as its ITL'),
        ],
      },
      {
        id: 'e2e',
        term: 'E2E',
        spelledOut: 'end-to-end latency',
        text: 'From arrival to the last token as a client sees it.',
        formula: 'E2E = TTFT + Σ ITL + post-decode time',
        example: 'TTFT 17 ms, 99 gaps of 9 ms, post-decode 0.8 ms: E2E = 908.8 ms.',
        elsewhere: [
          usage(
            'vLLM and SGLang bench',
            'ends at the last token chunk; older versions at the end of the stream',
          ),
          usage('inference-perf', 'ends with the response'),
          usage('GuideLLM', 'ends at request_end'),
          usage('AIPerf', 'ends with the last response'),
          usage('BLIS traces', 'ends at the last chunk'),
        ],
      },
      {
        id: 'percentile',
        term: 'p90, p99',
        text: 'Linear interpolation between the two nearest ranks.',
        formula: 'rank r = (n − 1) · p ÷ 100; value = v⌊r⌋ + (r − ⌊r⌋) · (v⌊r⌋₊₁ − v⌊r⌋)',
        example: 'Of 10, 20, 30, 40 ms, p90 has rank 2.7: 30 + 0.7 · 10 = 37 ms.',
        elsewhere: [
          usage('vLLM bench, inference-perf, AIPerf, LLMPerf', 'linear interpolation'),
          usage('GuideLLM', 'empirical distribution: always a measured value'),
        ],
      },
    ],
  },
  {
    title: 'Errors',
    definitions: [
      {
        id: 'mape',
        term: 'MAPE',
        spelledOut: 'mean absolute percentage error',
        text: 'How far predictions lie from measurements, whatever the direction. An under-prediction cannot exceed 100 %, so bias stands beside it.',
        formula: 'MAPE = mean of |predicted − measured| ÷ measured · 100 %',
        example: 'Predicted 8 and 13 ms where 10 and 10 were measured: (20 % + 30 %) ÷ 2 = 25 %.',
      },
      {
        id: 'mpe',
        term: 'MPE, bias',
        spelledOut: 'mean percentage error',
        text: 'The same with its sign: negative predicts faster than measured, positive slower.',
        formula: 'MPE = mean of (predicted − measured) ÷ measured · 100 %',
        example: 'The two predictions above: (−20 % + 30 %) ÷ 2 = +5 %.',
      },
      {
        id: 'measured-itl',
        term: 'Measured ITL',
        text: 'Of inference-perf results, derived from three means, because the per-token times of the file count stream events. It has no percentiles.',
        formula: 'ITL mean = (E2E mean − TTFT mean) ÷ max(output tokens mean − 1, 1)',
        example: 'E2E 4 093 ms, TTFT 52 ms, 251 output tokens: ITL = 16.2 ms.',
      },
      {
        id: 'coverage',
        term: 'Coverage, n/N',
        text: 'Experiments in which a simulator has a result, of all that take part. Below one half it is shown and not ranked. The common ones are those that every compared simulator covers.',
      },
      {
        id: 'interval',
        term: '95 % interval',
        text: 'Of a mean error over experiments: percentile bootstrap. The experiments are drawn again with replacement, 2 000 times with seed 42; all rows of an experiment stay together. It says how far the mean could move if other experiments of the same kind had been measured.',
        formula: 'from the 2.5 % to the 97.5 % quantile of the 2 000 means',
      },
      {
        id: 'better-on',
        term: 'Closer on k of n',
        text: 'Of two simulators on the experiments that both cover: how often the one has less error, by how many percentage points in the median, and how probable such a result is if neither were better.',
        formula:
          'sign test: P(at most min(k, n − k) heads in n tosses) · 2; Wilcoxon: the same for signed ranks of the differences',
        example: 'Closer on 6 of 9: sign test p = 0.51. Chance alone could do this.',
      },
      {
        id: 'runtime',
        term: 'Runtime, speedup',
        text: 'Wall clock of one simulation on this device; of an imported run what its files say. Speedup is against the time that the measurement took.',
        formula: 'speedup = median measured run ÷ median runtime',
        example: 'Measured 1 207 s, simulated 0.06 s: about 20 000×.',
      },
    ],
  },
  {
    title: 'Rates and counts of a run',
    definitions: [
      {
        id: 'request-rate',
        term: 'Request rate',
        text: 'Completed requests over the simulated time until the last event.',
        formula: 'requests per second = completed requests ÷ duration',
        example: '500 requests in 111.9 s: 4.47 requests/s.',
      },
      {
        id: 'output-rate',
        term: 'Output rate',
        text: 'Output tokens of completed requests over the same time, of the whole fleet.',
        formula: 'tokens per second = output tokens ÷ duration',
        example: '256 958 tokens in 111.9 s: 2 297 tokens/s.',
      },
      {
        id: 'scheduling-delay',
        term: 'Scheduling delay',
        text: 'From arrival to the start of the step that took the request into the batch. After a preemption the last admission counts.',
        formula: 'delay = start of the admitting step − arrival',
      },
      {
        id: 'within-slo',
        term: 'Within the target, within the SLO',
        text: 'Share of requests whose latencies all stay at or below their targets. A request that did not complete is within nothing; its ITL is its own mean.',
        formula: 'share = requests with TTFT ≤ target, ITL ≤ target and E2E ≤ target ÷ all requests',
      },
      {
        id: 'preemption-rate',
        term: 'Preemptions, preemption rate',
        text: 'How often a request lost its cache and started over. The rate can exceed 1.',
        formula: 'rate = preemptions ÷ completed requests',
      },
      {
        id: 'cache-hit-rate',
        term: 'Cache hits',
        text: 'Share of the blocks that requests took which were found in the prefix cache. Every fresh block is a miss, those of replies included. Of a fleet, the plain mean over instances.',
        formula: 'hits ÷ (hits + misses + misses of the CPU tier)',
      },
      {
        id: 'thrashing-rate',
        term: 'Thrashing rate',
        text: 'Of the blocks copied to the CPU tier, the share that a full tier dropped again.',
        formula: 'evictions ÷ copied blocks',
      },
      {
        id: 'kv-use',
        term: 'KV use',
        text: 'Blocks held by running requests, in percent of all blocks of an instance.',
        formula: 'used blocks ÷ blocks · 100 %',
      },
      {
        id: 'regret',
        term: 'Regret',
        text: 'What a routing decision gave away at its moment, by the policy’s own score. Policies that take the best score have none.',
        formula: 'regret = best score − score of the chosen instance',
        example:
          'Round-robin picks an instance with 4 requests where another has 1: scores −4 and −1, regret 3.',
      },
      {
        id: 'fairness',
        term: 'Jain’s fairness index',
        text: 'How evenly output tokens are spread over tenants: 1 all equal, 1/n one has everything.',
        formula: '(Σ x)² ÷ (n · Σ x²)',
        example: 'Two tenants with 300 and 100 tokens: 400² ÷ (2 · 100 000) = 0.8.',
      },
    ],
  },
  {
    title: 'Serving',
    definitions: [
      {
        id: 'prefill',
        term: 'Prefill',
        text: 'Processing of prompt tokens. Many tokens share each weight that is read, so prefill is usually bound by compute.',
      },
      {
        id: 'decode',
        term: 'Decode',
        text: 'Production of one token per request and step. All weights and the request’s cache are read for one token, so decode is usually bound by memory bandwidth.',
      },
      {
        id: 'chunked-prefill',
        term: 'Chunked prefill',
        text: 'A long prompt is cut so that a step holds at most the token budget, and decodes of other requests ride along.',
        example: 'A prompt of 5 000 tokens under a budget of 2 048 takes three steps.',
      },
      {
        id: 'kv-block',
        term: 'KV block',
        text: 'The unit in which the cache of keys and values is handed out, 16 tokens by default.',
        formula: 'KV bytes per token and GPU = layers · 2 · head size · KV heads · bytes ÷ TP',
        example:
          'Llama-3.1-8B, 16 bits, TP 1: 32 · 2 · 128 · 8 · 2 = 131 072 bytes per token, 2 MiB per block.',
      },
      {
        id: 'preemption',
        term: 'Preemption',
        text: 'When no block is left, the latest request of the batch loses its cache, returns to the queue and starts over.',
      },
    ],
  },
  {
    title: 'Step-time models',
    definitions: [
      {
        id: 'roofline',
        term: 'roofline',
        text: 'The larger of compute time and memory time, nothing learned. A granted share of the peak (MFU) stands for all inefficiency.',
        formula: 'step = max(Σ FLOPs ÷ (TP · peak · MFU), (weights + KV + activations) ÷ (TP · bandwidth))',
        example:
          'Llama-3.1-8B on H100, 512 prefill tokens beside 4 decodes at 1 000 tokens: compute 12.03 ms, memory 3.26 ms, so 12.03 ms.',
      },
      {
        id: 'arithmetic-intensity',
        term: 'Arithmetic intensity',
        text: 'FLOPs of a batch for each byte it moves. Below the ridge point memory bounds the step, above it compute does.',
        formula: 'ridge point = peak FLOP/s ÷ bandwidth',
        example: 'H100 at 16 bits: 989.5 ÷ 3.35 = 295 FLOP per byte.',
      },
      {
        id: 'blackbox',
        term: 'blackbox',
        text: 'A regression fitted for one model, GPU, TP and vLLM version. It exists only where somebody measured.',
        formula: 'step = β₀ + β₁ · prefill tokens + β₂ · decode tokens',
        example: 'Llama-3.1-8B on H100, the batch above: 6 472 + 19.8 · 512 + 304.4 · 4 = 17 825 µs.',
      },
      {
        id: 'crossmodel',
        term: 'crossmodel',
        text: 'One regression for all models over a few architecture features.',
        formula: 'step = β₀ · layers + β₁ · decode tokens · v + β₂ · tokens · [MoE] + β₃ · [TP > 1]',
        example: 'The batch above: 3 876 µs.',
      },
      {
        id: 'trained-roofline',
        term: 'trained-roofline',
        text: 'Roofline terms with fitted weights and fitted overheads per layer, request and step.',
        example: 'The batch above: 11 954 µs.',
      },
      {
        id: 'trained-physics',
        term: 'trained-physics',
        text: 'As trained-roofline, with weights in their own precision, FP8 rates, MoE and dense layers apart, and all-reduce traffic.',
        example: 'The batch above: 8 287 µs.',
      },
      {
        id: 'mode',
        term: 'Reference and corrected mode',
        text: 'Reference reproduces the pinned simulator bit for bit, its deviations from physics included. Corrected changes what docs/differences.md lists, each a named switch. The mode stands beside every number.',
      },
    ],
  },
];
