// Presets, flags, composition, ServeGen folders and five-column traces by small hand-checked examples.
import { describe, expect, it } from 'vitest';
import { composeLosses, composeSpecs } from '../../src/workload/compose';
import { parseFiveColumnCsv } from '../../src/workload/five-column-csv';
import { decodeWorkloadSpec, parseWorkloadSpec } from '../../src/workload/parse-spec';
import { parsePresets } from '../../src/workload/presets-file';
import { expandServegen } from '../../src/workload/servegen';
import { emptyClient, emptySpec } from '../../src/workload/spec';
import { DISTRIBUTION_DEFAULTS, distributionSpec, presetSpec } from '../../src/workload/synthesise';
import { writeWorkloadSpec } from '../../src/workload/write-spec';
import { freshStreamOf, outputStreamOf } from '../../src/domain/workload';

describe('flags and presets', () => {
  it('describe one client with constant arrivals', () => {
    const spec = distributionSpec({ ...DISTRIBUTION_DEFAULTS, prefixTokens: 30, rate: 2 });
    expect(spec.ok && spec.value.clients[0]).toMatchObject({
      id: 'distribution',
      arrival: { process: 'constant' },
      prefixGroup: 'shared',
      prefixLength: 30,
    });
    expect(spec.ok && spec.value.aggregateRate).toBe(2);
    expect(parseWorkloadSpec(writeWorkloadSpec(spec.ok ? spec.value : emptySpec), 'w').ok).toBe(true);
  });

  it('describe virtual users without a rate', () => {
    const spec = distributionSpec({ ...DISTRIBUTION_DEFAULTS, concurrency: 4, thinkTimeMs: 3 });
    expect(spec.ok && spec.value.clients[0]).toMatchObject({
      concurrency: 4,
      thinkTimeUs: 3000,
      rateFraction: 0,
    });
    expect(parseWorkloadSpec(writeWorkloadSpec(spec.ok ? spec.value : emptySpec), 'w').ok).toBe(true);
  });

  const prompt = DISTRIBUTION_DEFAULTS.prompt;
  it.each([
    [{ rate: 0 }, 'rate'],
    [{ rate: Infinity }, 'rate'],
    [{ numRequests: -1 }, 'num-requests'],
    [{ prefixTokens: -1 }, 'prefix-tokens'],
    [{ thinkTimeMs: -1 }, 'think-time-ms'],
    [{ prompt: { ...prompt, min: 0 } }, 'prompt-tokens-min'],
    [{ prompt: { ...prompt, max: 1 } }, 'prompt-tokens-min'],
    [{ prompt: { ...prompt, stddev: -1 } }, 'prompt-tokens-stdev'],
    [{ output: { ...prompt, mean: 8000 } }, 'output-tokens'],
    [{ output: { ...prompt, stddev: 1 } }, 'output-tokens-stdev'],
  ])('%j breaks a rule of --%s', (change, flag) => {
    const spec = distributionSpec({ ...DISTRIBUTION_DEFAULTS, ...change });
    expect(!spec.ok && spec.error.field).toBe(flag);
  });

  it('come from a defaults file of the reference, whatever else it holds', () => {
    const presets = parsePresets(
      'models: [{id: x}]\nworkloads:\n  mine: {prefix_tokens: 3, prompt_tokens: 10, prompt_tokens_stdev: 2, prompt_tokens_min: 1, prompt_tokens_max: 20, output_tokens: 5, output_tokens_stdev: 1, output_tokens_min: 1, output_tokens_max: 9}\n',
      'defaults.yaml',
    );
    if (!presets.ok) throw new Error(presets.error.message);
    const preset = presets.value.get('mine');
    expect(preset).toMatchObject({ prefixTokens: 3, prompt: { mean: 10, stddev: 2, min: 1, max: 20 } });
    const spec = presetSpec(preset!, { rate: 1, numRequests: 2, seed: 0n }, 'preset-mine');
    expect(spec.ok && spec.value.clients[0]?.prefixLength).toBe(3);
    expect(parsePresets('models: []\n', 'defaults.yaml').ok).toBe(false);
  });
});

describe('composition', () => {
  const client = { ...emptyClient, id: 'c' };

  it('weighs by the rate of the file, without normalising inside it', () => {
    const composed = composeSpecs([
      { ...emptySpec, category: 'language', aggregateRate: 3, clients: [{ ...client, rateFraction: 2 }] },
      { ...emptySpec, aggregateRate: 1, clients: [{ ...client, rateFraction: 1 }], numRequests: 7 },
    ]);
    expect(composed.ok && composed.value).toMatchObject({
      aggregateRate: 4,
      category: 'language',
      numRequests: 0,
    });
    expect(composed.ok && composed.value.clients.map((one) => one.rateFraction)).toEqual([1.5, 0.25]);
  });

  it('leaves clients as they are where no file has a rate', () => {
    const composed = composeSpecs([
      { ...emptySpec, clients: [{ ...client, concurrency: 2, rateFraction: 0 }] },
    ]);
    expect(composed.ok && composed.value.clients[0]).toMatchObject({ concurrency: 2, rateFraction: 0 });
  });

  it('refuses a negative or endless total, and says what is lost', () => {
    expect(composeSpecs([{ ...emptySpec, aggregateRate: -1 }]).ok).toBe(false);
    expect(composeSpecs([{ ...emptySpec, aggregateRate: Infinity }]).ok).toBe(false);
    expect(composeLosses({ ...emptySpec, seed: 4n, numRequests: 2 }, 'a.yaml')).toEqual([
      'a.yaml: seed, num_requests left out, as the reference does.',
    ]);
    expect(composeLosses(emptySpec, 'a.yaml')).toEqual([]);
  });
});

describe('ServeGen', () => {
  const source = { path: 'data', spanStart: 0, spanEnd: 0 };
  const dataset = {
    name: 'chunk-7-dataset.json',
    text: '{"0": {"input_tokens": "{5: 1}", "output_tokens": "{6: 1,}"}}',
  };
  const trace = (text: string) => ({ name: 'chunk-7-trace.csv', text });

  it('takes the first of the busiest rows in the span', () => {
    const made = expandServegen({ ...source, spanEnd: 30 }, [
      trace('0,1,1,Gamma\n10,2,3,WEIBULL\n20,2,9,Gamma\n30,99,1,Gamma\n'),
      dataset,
    ]);
    expect(made.ok && made.value.clients).toMatchObject([
      {
        id: 'servegen-chunk-7',
        tenantId: 'chunk-7',
        rateFraction: 2,
        arrival: { process: 'weibull', cv: 3 },
      },
    ]);
  });

  it.each([
    [[dataset], 'holds no chunk'],
    [[trace('0,1,1,x\n')], 'lacks chunk-7-dataset.json'],
    [[trace('0,0,1,x\n'), dataset], 'no chunk has a rate'],
    [[trace('0,1,1,x\n1,2\n'), dataset], 'line 2: has 2 fields'],
    [[trace('0,1,1,x\n'), { ...dataset, text: '{"0": ' }], 'chunk-7-dataset.json, line 1'],
    [[trace('0,1,1,x\n'), { ...dataset, text: '[]' }], 'expected an object'],
    [[trace('0,1,1,x\n'), { ...dataset, text: '{"__proto__": {"input_tokens": "{1:1}"}}' }], 'no entry'],
    [[trace('0,1,1,x\n'), { ...dataset, text: dataset.text.replace('{5: 1}', '5: 1') }], 'braces'],
    [[trace('0,1,1,x\n'), { ...dataset, text: dataset.text.replace('5: 1', '5: a') }], '"5: a"'],
    [[trace('0,1,1,x\n'), { ...dataset, text: dataset.text.replace('5: 1', '') }], 'no entries'],
  ])('refuses a folder whose data is wrong (%#)', (files, text) => {
    const made = expandServegen(source, files);
    expect(!made.ok && made.error.message).toContain(text);
  });
});

describe('five-column traces', () => {
  const head = 'arrival_time,request_id,model,prefill_tokens,decode_tokens\n';

  it('keep arrivals and what prompts share', () => {
    const made = parseFiveColumnCsv(
      `${head}0.0,r,m,"[1,2,3,4]","[9]"\n0.05,r,m,"[1,2,7]","[8]"\n0.1,r,m,"[1,2,3,4,9,5]","[]"\n`,
      't.csv',
    );
    if (!made.ok) throw new Error(made.error.message);
    const { requests } = made.value;
    expect([...requests.arrivalUs]).toEqual([0, 50_000, 100_000]);
    expect([...requests.inputTokens]).toEqual([4, 3, 6]);
    expect([...requests.outputTokens]).toEqual([1, 1, 0]);
    const segments = requests.promptSegments!;
    expect([...segments.stream.offsets]).toEqual([0, 0, 2, 5]);
    expect([...segments.stream.values]).toEqual([
      ...[freshStreamOf(0), freshStreamOf(1)],
      // The third prompt repeats the first with its answer, and goes on.
      ...[freshStreamOf(0), outputStreamOf(0), freshStreamOf(2)],
    ]);
    expect([...segments.start]).toEqual([0, 2, 0, 0, 5]);
    expect([...segments.length]).toEqual([2, 1, 4, 1, 1]);
  });

  it('end at the first arrival past the horizon', () => {
    const text = `${head}0.1,r,m,[1],[1]\n9,r,m,[1],[1]\n0.2,r,m,[1],[1]\n`;
    const made = parseFiveColumnCsv(text, 't.csv', 500_000);
    expect(made.ok && [...made.value.requests.arrivalUs]).toEqual([100_000]);
  });

  it.each([
    ['', 'is empty'],
    [`${head}1,r,m,[1]\n`, 'row 0 (line 2): has 4 columns'],
    [`${head}1,r,m,[1],[1]\nx,r,m,[1],[1]\n`, 'row 1 (line 3): arrival_time'],
    [`${head}1,r,m,"[1,",[1]\n`, 'row 0 (line 2): prefill_tokens'],
    [`${head}1,r,m,[1],[1.5]\n`, 'row 0 (line 2): decode_tokens'],
  ])('refuse %j', (text, reason) => {
    const made = parseFiveColumnCsv(text, 't.csv');
    expect(!made.ok && made.error.message).toContain(reason);
  });
});

describe('the v2 writer', () => {
  it('writes every key that a file can have, readable again', () => {
    const text = `version: "2"
seed: -5
category: multimodal
clients:
    - id: a
      tenant_id: t
      model: m
      slo_class: batch
      rate_fraction: 0.5
      arrival:
        process: gamma
        cv: 2
      input_distribution:
        type: empirical
        params:
            "7": 0.5
            "10": 0.5
      output_distribution:
        type: constant
        params:
            value: 5
        file: f.json
      prefix_group: g
      prefix_length: 3
      streaming: true
      network:
        rtt_ms: 1.5
        bandwidth_mbps: 100
      lifecycle:
        windows:
            - start_us: 0
              end_us: 9000000000
      multimodal:
        text_distribution:
            type: constant
            params:
                value: 1
      reasoning:
        multi_turn:
            max_rounds: 2
            think_time_us: 3
            context_growth: accumulate
            single_session: true
      timeout: 0
      closed_loop: false
cohorts:
    - id: k
      population: 3
      tenant_id: ""
      slo_class: ""
      rate_fraction: 1
      arrival:
        process: poisson
      input_distribution:
        type: constant
        params:
            value: 1
      output_distribution:
        type: constant
        params:
            value: 1
      streaming: false
      diurnal:
        peak_hour: 12
        peak_to_trough_ratio: 4
      spike:
        start_time_us: 1
        duration_us: 2
      drain:
        start_time_us: 0
        ramp_duration_us: 4
aggregate_rate: 1.5e+06
horizon: 1000000000
num_requests: 12
`;
    const read = decodeWorkloadSpec(text, 'w.yaml');
    if (!read.ok) throw new Error(read.error.message);
    expect(writeWorkloadSpec(read.value.spec)).toBe(text);
  });
});
