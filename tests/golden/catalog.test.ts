// The shipped tables against the reference's own figures: every GPU, model, coefficient row, default and preset.
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { CatalogGpu } from '../../src/catalog/catalog';
import { shippedCatalog } from '../support/catalog';
import { describeShared, sharedText } from '../support/shared';

type Row = Readonly<Record<string, unknown>>;
const table = <T>(name: string): T => parse(sharedText('data', name)) as T;

describeShared('catalogue against the reference data', () => {
  const catalog = shippedCatalog();

  it('GPUs of all versions', () => {
    const data = table<{
      calibrated: Record<string, Row>;
      datasheet: Record<string, Row>;
      history: Record<string, Record<string, Row>>;
    }>('hardware.yaml');
    const figures = (gpu: CatalogGpu): Row => ({
      peak_tflops: gpu.peakTflops,
      ...(gpu.peakTflopsFp8 > 0 ? { peak_tflops_fp8: gpu.peakTflopsFp8 } : {}),
      mem_bw_tbs: gpu.memoryBandwidthTbs,
      ...(gpu.kind === 'calibrated' ? { mfu_prefill: gpu.mfuPrefill, mfu_decode: gpu.mfuDecode } : {}),
      memory_gib: gpu.memoryGib,
      ...(gpu.linkGbs === undefined ? {} : { link_gbs: gpu.linkGbs, power_w: gpu.powerW }),
      ...(gpu.early === undefined
        ? {}
        : {
            bw_efficiency: gpu.early.bandwidthEfficiency,
            step_overhead_us: gpu.early.stepOverheadUs,
            layer_overhead_us: gpu.early.layerOverheadUs,
            allreduce_us: gpu.early.allReduceUs,
          }),
    });
    const expected = (rows: Record<string, Row>): Record<string, Row> =>
      Object.fromEntries(
        Object.entries(rows).map(([name, { source: _, ...row }]) => {
          const { peak_tflops_fp8: fp8, ...rest } = row;
          return [name, fp8 === undefined || fp8 === 0 ? rest : row];
        }),
      );
    const shipped = (gpus: ReadonlyMap<string, CatalogGpu>): Record<string, Row> =>
      Object.fromEntries([...gpus].map(([name, gpu]) => [name, figures(gpu)]));
    expect(shipped(catalog.gpus)).toEqual(expected({ ...data.calibrated, ...data.datasheet }));
    expect(shipped(catalog.eras['87cc70ed'].gpus)).toEqual(expected(data.calibrated));
    expect(shipped(catalog.eras['0074c8c1'].gpus)).toEqual(expected(data.history['0074c8c1']!));
    expect(shipped(catalog.eras.b05154c.gpus)).toEqual(expected(data.history['b05154c']!));
  });

  it('models', () => {
    const data = table<{ models: Record<string, Row> }>('models.yaml').models;
    const named: Readonly<Record<string, number>> = { w4a16: 0.5, w8a8: 1, fp8: 1 };
    const shipped = Object.fromEntries(
      [...catalog.models.values()].map((model) => {
        const a = model.architecture;
        const rope = model.ropeScaling;
        return [
          model.id,
          {
            hf_id: model.hfId,
            model_type: model.modelType,
            hidden: a.hidden,
            layers: a.layers,
            heads: a.heads,
            kv_heads: a.kvHeads,
            head_dim_stated: a.statedHeadDim ?? null,
            head_dim_derived: a.hidden / a.heads,
            ffn: a.ffn,
            vocab: a.vocab,
            activation: a.activation,
            dtype: model.dtype ?? null,
            dtype_bytes: a.dtypeBytes,
            quant_method: model.quantMethod ?? null,
            weight_bytes: a.weightBytes,
            experts: a.experts,
            experts_per_token: a.expertsPerToken,
            expert_ffn: a.expertFfn,
            shared_expert_ffn: a.sharedExpertFfn,
            moe_interleave_step: a.interleaveStep,
            dense_ffn: a.denseFfn,
            first_dense_layers: a.firstDenseLayers ?? 0,
            mla_kv_rank: a.mla?.kvRank ?? 0,
            mla_rope_dim: a.mla?.ropeDim ?? 0,
            max_positions: model.maxPositionEmbeddings,
            rope_type: rope?.['type'] ?? null,
            rope_factor: rope?.['factor'] ?? null,
            rope_original: rope?.['original_max_position_embeddings'] ?? null,
            tied_embeddings: a.tiedEmbeddings,
          },
        ];
      }),
    );
    const expected = Object.fromEntries(
      Object.entries(data).map(([id, { source: _, shared_experts: __, ...row }]) => {
        const byName = Object.keys(named).find((part) => id.includes(part));
        const weight = row['weight_bytes'] ?? (byName === undefined ? 0 : named[byName]);
        return [id, { ...row, weight_bytes: weight, tied_embeddings: row['tied_embeddings'] ?? false }];
      }),
    );
    expect(shipped).toEqual(expected);
  });

  it('coefficients, defaults and presets of all versions', () => {
    interface History {
      rows_that_differ_from_87cc70ed: Row[];
      rows_not_yet_present: Row[];
      model_defaults_that_differ: Record<string, Row>;
      model_defaults_not_yet_present: string[];
      total_kv_blocks: Row[];
    }
    const data = table<{
      blackbox_rows: Row[];
      crossmodel: Row;
      trained_roofline: Row;
      trained_physics: Row;
      model_defaults: Record<string, Row>;
      workload_presets: Record<string, Row>;
      history: {
        b05154c: History;
        '0074c8c1': History;
        f90a1e3a: { trained_physics: Row; model_defaults: Record<string, Row> };
      };
    }>('coefficients.yaml');
    const key = (row: Row): string =>
      [row['model'], row['gpu'], row['tp'], row['vllm'] ?? row['vllmVersion']].join('|');
    expect(
      catalog.blackboxRows.map((row) => [key({ ...row }), row.alpha, row.beta, row.fitLoss, row.isShadowed]),
    ).toEqual(
      data.blackbox_rows.map((row) => [
        key(row),
        row['alpha'],
        row['beta'],
        row['fit_loss'] ?? undefined,
        row['shadowed'] ?? false,
      ]),
    );
    const vector = (row: { alpha: readonly number[]; beta: readonly number[] } | undefined): Row => ({
      alpha: row?.alpha,
      beta: row?.beta,
    });
    expect(vector(catalog.crossmodel)).toEqual(data.crossmodel);
    expect(vector(catalog.trainedRoofline)).toEqual(data.trained_roofline);
    expect(vector(catalog.trainedPhysics)).toEqual(data.trained_physics);
    expect(vector(catalog.eras.f90a1e3a.trainedPhysics)).toEqual(data.history.f90a1e3a.trained_physics);

    const defaults = (rows: Record<string, Row>): Record<string, Row> =>
      Object.fromEntries(
        Object.entries(rows).map(([model, row]) => [
          model,
          {
            gpu: row['gpu'],
            tp: row['tp'],
            vllmVersion: row['vllm'] ?? '',
            ...(row['hf_id'] === null ? {} : { hfId: row['hf_id'] }),
          },
        ]),
      );
    const { b05154c: early, '0074c8c1': older, f90a1e3a: newest } = data.history;
    const earlyDefaults = Object.fromEntries(
      Object.entries({ ...data.model_defaults, ...early.model_defaults_that_differ }).filter(
        ([model]) => !early.model_defaults_not_yet_present.includes(model),
      ),
    );

    expect(Object.fromEntries(catalog.modelDefaults)).toEqual(defaults(data.model_defaults));
    expect(Object.fromEntries(catalog.eras.b05154c.modelDefaults)).toEqual(defaults(earlyDefaults));
    expect(Object.fromEntries(catalog.eras.f90a1e3a.modelDefaults)).toEqual(defaults(newest.model_defaults));

    for (const [version, history] of [
      ['b05154c', early],
      ['0074c8c1', older],
    ] as const) {
      const rows = catalog.eras[version].blackboxRows;
      const first = (wanted: string) => rows.find((row) => key({ ...row }) === wanted);
      for (const row of history.total_kv_blocks) expect(first(key(row))?.kvBlocks).toBe(row['blocks']);
      for (const row of history.rows_that_differ_from_87cc70ed) {
        expect(vector(first(key(row)))).toEqual({ alpha: row['alpha'], beta: row['beta'] });
      }
      for (const row of history.rows_not_yet_present) expect(first(key(row))).toBeUndefined();
    }

    expect(Object.fromEntries(catalog.presets)).toEqual(
      Object.fromEntries(
        Object.entries(data.workload_presets).map(([name, p]) => [
          name,
          {
            name,
            prefixTokens: p['prefix'],
            prompt: {
              mean: p['prompt_mean'],
              stddev: p['prompt_sd'],
              min: p['prompt_min'],
              max: p['prompt_max'],
            },
            output: {
              mean: p['output_mean'],
              stddev: p['output_sd'],
              min: p['output_min'],
              max: p['output_max'],
            },
          },
        ]),
      ),
    );
  });
});
