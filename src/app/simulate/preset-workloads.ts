// Workload specifications of the presets.

/** Three SLO classes share a fleet that cannot serve them all. */
export const SLO_CLASSES_SPEC = `version: "2"
seed: 42
num_requests: 3000
aggregate_rate: 60
clients:
  - id: chat
    tenant_id: shop
    slo_class: critical
    rate_fraction: 0.3
    arrival: {process: poisson}
    input_distribution: {type: gaussian, params: {mean: 256, std_dev: 64, min: 16, max: 1024}}
    output_distribution: {type: exponential, params: {mean: 128}}
  - id: search
    tenant_id: shop
    slo_class: standard
    rate_fraction: 0.4
    arrival: {process: gamma, cv: 2}
    input_distribution: {type: gaussian, params: {mean: 512, std_dev: 128, min: 16, max: 2048}}
    output_distribution: {type: exponential, params: {mean: 200}}
  - id: reports
    tenant_id: office
    slo_class: batch
    rate_fraction: 0.3
    arrival: {process: poisson}
    input_distribution: {type: gaussian, params: {mean: 2048, std_dev: 512, min: 256, max: 4096}}
    output_distribution: {type: gaussian, params: {mean: 400, std_dev: 100, min: 16, max: 1024}}`;

/** Conversations whose every round carries the ones before: the longer they last, the more a cache that is hit again is worth. */
export const SESSIONS_SPEC = `version: "2"
seed: 42
num_requests: 1500
aggregate_rate: 80
clients:
  - id: talk
    tenant_id: people
    slo_class: standard
    rate_fraction: 1
    streaming: true
    arrival: {process: poisson}
    input_distribution: {type: gaussian, params: {mean: 256, std_dev: 64, min: 32, max: 1024}}
    output_distribution: {type: gaussian, params: {mean: 96, std_dev: 32, min: 16, max: 256}}
    reasoning:
      multi_turn: {max_rounds: 6, think_time_us: 1000000, context_growth: accumulate}`;

/** 33,600 requests in two stages of 512 and 1280 requests a second. */
export const LARGE_FLEET_SPEC = `version: "2"
seed: 42
num_requests: 33600
inference_perf:
  stages:
    - {rate: 512, duration: 19}
    - {rate: 1280, duration: 19}
  shared_prefix:
    num_unique_system_prompts: 9
    num_users_per_system_prompt: 5
    system_prompt_len: 100
    question_len: 447
    output_len: 248
    enable_multi_turn_chat: false`;
