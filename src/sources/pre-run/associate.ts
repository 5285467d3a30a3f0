// Which experiment does a pre-run result belong to? The first rule that gives one answer decides, and says so; the user may
// override every proposal. Rules (validator spec 9.6, 10.5): an edit, import.json or an id in the path, the file's name, the
// simulated configuration, the number of rows among the experiments still free, else ask. Of several results for one experiment the
// last by path counts: Vidur's folders carry timestamps.

import type { Experiment } from '../../domain/experiment';
import { nameOf, parentOf } from '../file-tree';
import type { LlmServingSimResult, PreRunResult, RowsResult, VidurResult } from './find-results';
import type { ImportEntry } from './import-manifest';
import { plannedTotal } from './planned-requests';
import { llmServingSimNames, VIDUR_DEVICES } from './simulator-names';

export type AssociationRule = 'edited' | 'explicit' | 'file-name' | 'configuration' | 'row-count' | 'none';

export interface Proposal {
  /** Identity of the result for edits. */
  readonly key: string;
  readonly simulator: string;
  readonly result: PreRunResult;
  /** Absent = belongs to no experiment (yet). */
  readonly expId?: number;
  readonly rule: AssociationRule;
  /** Why, in one sentence. */
  readonly reason: string;
  /** Experiments worth offering when the user is asked. */
  readonly candidates: readonly number[];
  readonly warnings: readonly string[];
  readonly wallClockSeconds?: number;
}

/** What the user changed about one result. */
export interface ProposalEdit {
  /** `none` takes the result out. Absent leaves the proposal. */
  readonly expId?: number | 'none';
  readonly wallClockSeconds?: number;
}

export type ProposalEdits = ReadonlyMap<string, ProposalEdit>;

interface Match {
  readonly rule: AssociationRule;
  readonly expId?: number;
  readonly reason: string;
  readonly candidates?: readonly number[];
}

export const resultKey = (result: PreRunResult): string =>
  result.kind === 'rows'
    ? [result.file, result.rows.simulator, result.rows.expId ?? result.rows.folder ?? ''].join('|')
    : result.file;

const simulatorOf = (result: PreRunResult): string =>
  result.kind === 'rows' ? result.rows.simulator : result.kind;

export function associate(
  results: readonly PreRunResult[],
  experiments: readonly Experiment[],
  manifest: readonly ImportEntry[] = [],
  edits: ProposalEdits = new Map(),
): readonly Proposal[] {
  const drafts = results.map((result) => {
    const entry = manifest.find(
      (run) =>
        run.adapter === simulatorOf(result) &&
        (result.file === run.path || result.file.startsWith(`${run.path}/`)),
    );
    const edit = edits.get(resultKey(result));
    return { result, entry, edit, strong: strongMatch(result, experiments, entry, edit) };
  });
  // What the row-count rule may still choose from is what the stronger rules left.
  const taken = new Set(
    drafts.flatMap(({ result, strong }) =>
      strong?.expId === undefined ? [] : [pairKey(simulatorOf(result), strong.expId)],
    ),
  );
  const proposals = drafts.map(({ result, entry, edit, strong }): Proposal => {
    const simulator = simulatorOf(result);
    const free = experiments.filter(({ expId }) => !taken.has(pairKey(simulator, expId)));
    const match = strong ?? weakMatch(result, free);
    const seconds = edit?.wallClockSeconds ?? entry?.wallClockSeconds ?? ownSeconds(result);
    return {
      key: resultKey(result),
      simulator,
      result,
      ...(match.expId === undefined ? {} : { expId: match.expId }),
      rule: match.rule,
      reason: match.reason,
      candidates: match.candidates ?? free.map(({ expId }) => expId),
      warnings: [...result.warnings, ...doubts(result, experiments, match.expId)],
      ...(seconds === undefined ? {} : { wallClockSeconds: seconds }),
    };
  });
  return keepLast(proposals);
}

const pairKey = (simulator: string, expId: number): string => `${simulator}|${String(expId)}`;

const ownSeconds = (result: PreRunResult): number | undefined =>
  result.kind === 'rows' ? result.rows.wallClockSeconds : undefined;

function strongMatch(
  result: PreRunResult,
  experiments: readonly Experiment[],
  entry: ImportEntry | undefined,
  edit: ProposalEdit | undefined,
): Match | undefined {
  if (edit?.expId === 'none') return { rule: 'edited', reason: 'Taken out by hand.', candidates: [] };
  if (edit?.expId !== undefined) return { rule: 'edited', expId: edit.expId, reason: 'Assigned by hand.' };
  if (entry !== undefined) {
    const isKnown = experiments.some(({ expId }) => expId === entry.expId);
    return isKnown
      ? {
          rule: 'explicit',
          expId: entry.expId,
          reason: `import.json says experiment ${String(entry.expId)}.`,
        }
      : {
          rule: 'none',
          reason: `import.json says experiment ${String(entry.expId)}, which is not among the measurements.`,
        };
  }
  if (result.kind === 'rows') return rowsMatch(result, experiments);
  return (
    pathMatch(result, experiments) ?? (result.kind === 'vidur' ? configMatch(result, experiments) : undefined)
  );
}

function rowsMatch({ rows }: RowsResult, experiments: readonly Experiment[]): Match {
  const byId = experiments.filter(({ expId }) => expId === rows.expId);
  if (byId[0] !== undefined)
    return { rule: 'explicit', expId: byId[0].expId, reason: `The rows carry exp_id ${String(rows.expId)}.` };
  const byFolder = experiments.filter(({ folder }) => folder === rows.folder);
  if (byFolder.length === 1 && byFolder[0] !== undefined) {
    return {
      rule: 'file-name',
      expId: byFolder[0].expId,
      reason: `The rows carry the folder ${byFolder[0].folder}.`,
    };
  }
  const what =
    rows.expId === undefined ? `the folder ${rows.folder ?? '(none)'}` : `exp_id ${String(rows.expId)}`;
  return { rule: 'none', reason: `The rows carry ${what}, which is not among the measurements.` };
}

/** An id, or a name that starts with one, as a part of the path; then LLMServingSim's own naming. */
function pathMatch(result: PreRunResult, experiments: readonly Experiment[]): Match | undefined {
  const segments = result.file.split('/');
  const named = experiments.filter(({ expId }) =>
    segments.some((segment) => segment === String(expId) || segment.startsWith(`${String(expId)}-`)),
  );
  if (named.length === 1 && named[0] !== undefined) {
    return {
      rule: 'explicit',
      expId: named[0].expId,
      reason: `The path names experiment ${String(named[0].expId)}.`,
    };
  }
  if (result.kind !== 'llmservingsim') return undefined;
  const byName = experiments.filter(({ folder }) => nameOf(result.file) === `${folder}_output.csv`);
  if (byName.length !== 1 || byName[0] === undefined) return undefined;
  return {
    rule: 'file-name',
    expId: byName[0].expId,
    reason: `The file is named after ${byName[0].folder}.`,
  };
}

function configMatch(result: VidurResult, experiments: readonly Experiment[]): Match | undefined {
  const { config } = result;
  if (config === undefined) return undefined;
  const same = experiments.filter(
    (experiment) =>
      config.modelName === experiment.model &&
      config.device === VIDUR_DEVICES[experiment.hardware]?.device &&
      config.tensorParallel === experiment.tp &&
      (config.numReplicas ?? 1) === Math.max(1, experiment.dp ?? 1) &&
      config.schedulerName === 'vllm' &&
      config.batchSizeCap === experiment.maxNumSeqs &&
      config.maxTokensInBatch === experiment.maxNumBatchedTokens,
  );
  const [only] = same;
  if (only === undefined) return undefined;
  if (same.length === 1) {
    return {
      rule: 'configuration',
      expId: only.expId,
      reason: `config.json matches experiment ${String(only.expId)} in model, device, TP, replicas and limits.`,
    };
  }
  // Experiments that differ only in their load: the number of requests tells them apart.
  const byRows = same.filter((experiment) => plannedTotal(experiment.profile.stages) === rowsOf(result));
  const [exact] = byRows;
  if (byRows.length === 1 && exact !== undefined) {
    return {
      rule: 'configuration',
      expId: exact.expId,
      reason: `config.json matches ${String(same.length)} experiments; ${String(rowsOf(result))} requests leave experiment ${String(exact.expId)}.`,
    };
  }
  return {
    rule: 'none',
    reason: `config.json matches experiments ${same.map(({ expId }) => expId).join(', ')}; please choose.`,
    candidates: same.map(({ expId }) => expId),
  };
}

/** Rows of the file, whether or not they could be used. */
const rowsOf = (result: VidurResult | LlmServingSimResult): number =>
  result.kind === 'vidur' ? result.requests.count + result.requests.droppedRows : result.requests.count;

function weakMatch(result: PreRunResult, free: readonly Experiment[]): Match {
  if (result.kind === 'rows') return { rule: 'none', reason: 'The rows name no experiment.' };
  const count = rowsOf(result);
  const possible =
    result.kind === 'llmservingsim'
      ? free.filter(({ model }) => llmServingSimNames(model).includes(result.requests.model))
      : free;
  const exact = possible.filter((experiment) => plannedTotal(experiment.profile.stages) === count);
  const [only] = exact;
  if (exact.length === 1 && only !== undefined) {
    const model = result.kind === 'llmservingsim' ? `model ${result.requests.model} and ` : '';
    return {
      rule: 'row-count',
      expId: only.expId,
      reason: `Only experiment ${String(only.expId)} has ${model}${String(count)} requests.`,
    };
  }
  const offered = exact.length > 0 ? exact : possible;
  return {
    rule: 'none',
    reason:
      exact.length > 1
        ? `${String(exact.length)} experiments have ${String(count)} requests; please choose.`
        : `No experiment has ${String(count)} requests; please choose.`,
    candidates: offered.map(({ expId }) => expId),
  };
}

/** What a reader should know before trusting the association. */
function doubts(
  result: PreRunResult,
  experiments: readonly Experiment[],
  expId: number | undefined,
): readonly string[] {
  const experiment = experiments.find((each) => each.expId === expId);
  if (experiment === undefined || result.kind === 'rows') return [];
  const planned = plannedTotal(experiment.profile.stages);
  const count = rowsOf(result);
  const warnings: string[] = [];
  if (result.kind === 'vidur' && count !== planned) {
    warnings.push(`${String(count)} simulated requests against ${String(planned)} of the load profile.`);
  }
  if (result.kind === 'llmservingsim') {
    if (count > planned)
      warnings.push(`${String(count)} simulated requests against ${String(planned)} of the load profile.`);
    if (!llmServingSimNames(experiment.model).includes(result.requests.model)) {
      warnings.push(`The simulated model ${result.requests.model} is not the measured ${experiment.model}.`);
    }
  }
  const differing = result.kind === 'vidur' ? differingLengths(result, experiment) : 0;
  if (differing > 0) {
    warnings.push(`${String(differing)} simulated requests have other token counts than the measured ones.`);
  }
  return warnings;
}

/** Vidur cuts prompts so that prompt and output stay below this; such rows do not count as different. */
const VIDUR_MAX_TOKENS = 4096;

function differingLengths({ requests }: VidurResult, experiment: Experiment): number {
  const measured = experiment.requests;
  if (measured === undefined || requests.droppedRows > 0 || measured.count !== requests.count) return 0;
  const order = Array.from({ length: measured.count }, (_, row) => row).sort(
    (a, b) => (measured.arrivalUs[a] ?? 0) - (measured.arrivalUs[b] ?? 0),
  );
  return order.filter((row, position) => {
    const output = Math.max(1, measured.outputTokens[row] ?? 0);
    const input = Math.max(1, Math.min(measured.inputTokens[row] ?? 0, VIDUR_MAX_TOKENS - output));
    return requests.prefillTokens[position] !== input || requests.decodeTokens[position] !== output;
  }).length;
}

/** Of the results that claim one experiment for one simulator, hand-made and explicit claims win, then the last by path. */
function keepLast(proposals: readonly Proposal[]): readonly Proposal[] {
  const winners = new Map<string, Proposal>();
  for (const proposal of proposals) {
    if (proposal.expId === undefined) continue;
    const key = pairKey(proposal.simulator, proposal.expId);
    const rival = winners.get(key);
    if (rival === undefined || strength(proposal) > strength(rival)) winners.set(key, proposal);
    else if (strength(proposal) === strength(rival) && proposal.result.file >= rival.result.file) {
      winners.set(key, proposal);
    }
  }
  return proposals.map((proposal) => {
    if (proposal.expId === undefined) return proposal;
    const winner = winners.get(pairKey(proposal.simulator, proposal.expId));
    if (winner === undefined || winner === proposal) return proposal;
    const { expId, ...rest } = proposal;
    const folder = parentOf(winner.result.file);
    return {
      ...rest,
      rule: 'none',
      reason: `Another result for experiment ${String(expId)} counts: ${folder === '' ? winner.result.file : folder}.`,
      candidates: [expId],
    };
  });
}

const strength = ({ rule }: Proposal): number => (rule === 'edited' ? 2 : rule === 'explicit' ? 1 : 0);
