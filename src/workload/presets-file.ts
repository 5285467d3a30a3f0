// Workload presets from a reference defaults file (`--defaults-filepath`): its section `workloads`, everything else ignored.

import { z } from 'zod';
import { parseGoYaml } from '../base/go-yaml';
import { goNumber, yamlProblems } from '../base/go-yaml-schema';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { WorkloadPreset } from '../domain/workload-preset';

const schema = z.object({
  workloads: z.record(
    z.string(),
    z.object({
      prefix_tokens: goNumber(),
      prompt_tokens: goNumber(),
      prompt_tokens_stdev: goNumber(),
      prompt_tokens_min: goNumber(),
      prompt_tokens_max: goNumber(),
      output_tokens: goNumber(),
      output_tokens_stdev: goNumber(),
      output_tokens_min: goNumber(),
      output_tokens_max: goNumber(),
    }),
  ),
});

export function parsePresets(text: string, file: string): Result<ReadonlyMap<string, WorkloadPreset>> {
  const document = parseGoYaml(text, file);
  if (!document.ok) return document;
  const parsed = schema.safeParse(document.value.tree);
  if (!parsed.success) {
    const [first] = yamlProblems(document.value, parsed.error);
    return fail(first ?? { code: 'malformed', message: `${file} has no section workloads.`, file });
  }
  return ok(
    new Map(
      Object.entries(parsed.data.workloads).map(([name, values]) => [
        name,
        {
          name,
          prefixTokens: values.prefix_tokens,
          prompt: {
            mean: values.prompt_tokens,
            stddev: values.prompt_tokens_stdev,
            min: values.prompt_tokens_min,
            max: values.prompt_tokens_max,
          },
          output: {
            mean: values.output_tokens,
            stddev: values.output_tokens_stdev,
            min: values.output_tokens_min,
            max: values.output_tokens_max,
          },
        },
      ]),
    ),
  );
}
