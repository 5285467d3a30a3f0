// One client generating its requests on its own random stream (spec 3.4–3.6; BLIS 87cc70ed sim/workload/generator.go,
// reasoning.go, multimodal.go). The order of draws on the stream is the result: inter-arrival time, then lengths, then token
// ids. A run stops at a given time, so that no client runs far ahead of the cap on the total.

import type { Result } from '../base/result';
import { ok } from '../base/result';
import type { RandomDoor, RandomMath, RandomStream } from '../domain/random';
import type { ArrivalSampler } from './arrivals';
import { arrivalSampler, exactArrivals } from './arrivals';
import { deadlineUs } from './deadlines';
import type { LengthSampler } from './distributions';
import { lengthSampler } from './distributions';
import type { Budget } from './limits';
import type { MediaSamplers } from './media';
import { drawMedia, mediaSamplers } from './media';
import type { GroupPrefix } from './prefix-groups';
import type { GenerationRules } from './reference-rules';
import type { ConversationRounds, RequestRows, RowDetail, RowIds } from './request-rows';
import { FIRST_IDS } from './request-rows';
import type { ClientSpec, MultiTurnSpec } from './spec';
import { isClosedLoop } from './spec';
import { digestTokens, joinTokens } from './token-digest';

/** What all clients of one generation share. */
export interface Generation {
  readonly rows: RequestRows;
  readonly math: RandomMath;
  readonly rules: GenerationRules;
  readonly budget: Budget;
  readonly horizonUs: number;
  /** Requests after which one client stops; Infinity = none. */
  readonly perClientCap: number;
  readonly wantsIds: boolean;
}

const noIds = new Uint32Array(0);

export class ClientRun {
  private timeUs = 0;
  private made = 0;

  private readonly lastWindowEndUs: number;
  private readonly plain: RowDetail;
  private readonly isSession: boolean;

  private constructor(
    private readonly shared: Generation,
    private readonly index: number,
    private readonly client: ClientSpec,
    private readonly prefix: GroupPrefix | undefined,
    private readonly stream: RandomStream,
    private readonly nextArrival: ArrivalSampler,
    private readonly samplers: {
      readonly input: LengthSampler;
      readonly output: LengthSampler;
      readonly reasonRatio?: LengthSampler;
      readonly media?: MediaSamplers;
    },
  ) {
    const { windows } = client;
    this.lastWindowEndUs =
      windows === undefined || windows.length === 0
        ? Infinity
        : windows.reduce((latest, window) => Math.max(latest, window.endUs), -Infinity);
    this.plain = {
      prefixTokens: prefix?.tokens ?? 0,
      isLabelled: true,
      session: -1,
      round: 0,
      reasonRatio: 0,
    };
    this.isSession = isClosedLoop(client);
  }

  /** `stream` is the client's own; `ratePerUs` > 0. */
  static open(
    shared: Generation,
    index: number,
    client: ClientSpec,
    prefix: GroupPrefix | undefined,
    stream: RandomStream,
    ratePerUs: number,
    door: RandomDoor,
  ): Result<ClientRun> {
    const { math } = shared;
    const path = `client "${client.id}"`;
    const input = lengthSampler(client.input, math, `${path} input_distribution`);
    if (!input.ok) return input;
    const output = lengthSampler(client.output, math, `${path} output_distribution`);
    if (!output.ok) return output;
    const { reasoning, multimodal } = client;
    const isConversation = reasoning?.multiTurn !== undefined;
    const ratio =
      isConversation && reasoning.reasonRatio !== undefined
        ? lengthSampler(reasoning.reasonRatio, math, `${path} reason_ratio_distribution`)
        : undefined;
    if (ratio !== undefined && !ratio.ok) return ratio;
    const media =
      multimodal === undefined || isConversation ? undefined : mediaSamplers(multimodal, math, path);
    if (media !== undefined && !media.ok) return media;
    const { exact } = client.arrival;
    let nextArrival: ArrivalSampler;
    if (exact !== undefined) {
      const own = door.open(stream.int63());
      nextArrival = exactArrivals(own, exact.count, exact.durationUs);
      own.release();
    } else {
      nextArrival = arrivalSampler(client.arrival, ratePerUs, math);
    }
    return ok(
      new ClientRun(shared, index, client, prefix, stream, nextArrival, {
        input: input.value,
        output: output.value,
        ...(ratio === undefined ? {} : { reasonRatio: ratio.value }),
        ...(media === undefined ? {} : { media: media.value }),
      }),
    );
  }

  /** Generates everything that starts before `untilUs`; says whether more would follow. */
  run(untilUs: number): boolean {
    const turns = this.client.reasoning?.multiTurn;
    return turns?.singleSession === true ? this.runSingle(turns, untilUs) : this.runMany(turns, untilUs);
  }

  private runMany(turns: MultiTurnSpec | undefined, untilUs: number): boolean {
    const { budget, horizonUs, perClientCap } = this.shared;
    while (this.timeUs < horizonUs && this.made < perClientCap && budget.problem === undefined) {
      const interval = this.nextArrival(this.stream);
      if (interval === 0) return false;
      this.timeUs += interval;
      if (this.timeUs >= horizonUs || this.timeUs >= this.lastWindowEndUs) return false;
      if (this.timeUs >= untilUs) return true;
      if (!budget.step(1, this.client.id) || !budget.time(this.timeUs, this.client.id)) return false;
      if (!this.isActive(this.timeUs)) continue;
      if (turns === undefined) this.request();
      else this.converse(turns, this.timeUs, false);
    }
    return false;
  }

  private runSingle(turns: MultiTurnSpec, untilUs: number): boolean {
    this.timeUs = (this.client.windows?.[0]?.startUs ?? 0) + this.nextArrival(this.stream);
    const { horizonUs, budget } = this.shared;
    if (this.timeUs >= horizonUs || !this.isActive(this.timeUs)) return false;
    if (this.timeUs >= untilUs) return true;
    if (budget.time(this.timeUs, this.client.id)) this.converse(turns, this.timeUs, true);
    return false;
  }

  private isActive(us: number): boolean {
    const { windows } = this.client;
    if (windows === undefined || windows.length === 0) return true;
    return windows.some((window) => us >= window.startUs && us < window.endUs);
  }

  private request(): void {
    const { stream, samplers, client, shared } = this;
    const { budget } = shared;
    const media =
      samplers.media === undefined
        ? undefined
        : drawMedia(samplers.media, stream, (pieces) => budget.step(pieces, client.id));
    if (budget.problem !== undefined) return;
    const fresh = media === undefined ? samplers.input(stream) : Math.max(1, media.total);
    let output: number;
    let freshIds: Uint32Array;
    if (media === undefined) {
      output = samplers.output(stream);
      if (!budget.draw(fresh, client.id) || !budget.draw(output, client.id)) return;
      freshIds = this.tokens(fresh);
    } else {
      if (!budget.draw(fresh, client.id)) return;
      freshIds = this.tokens(fresh);
      output = samplers.output(stream);
      if (!budget.draw(output, client.id)) return;
    }
    const outputIds = this.tokens(output);
    const isExtended = shared.wantsIds || media !== undefined;
    const detail: RowDetail = isExtended
      ? {
          ...this.plain,
          ...(media === undefined ? {} : { media: media.parts }),
          ...(shared.wantsIds ? { ids: this.idsOf(freshIds, outputIds, this.prefix) } : {}),
        }
      : this.plain;
    shared.rows.add(
      this.index,
      this.timeUs,
      this.plain.prefixTokens + fresh,
      output,
      shared.rules.hasSessions ? deadlineUs(this.timeUs, client.timeoutUs, this.isSession) : 0,
      detail,
    );
    this.made++;
    budget.rows(shared.rows.count);
  }

  /** One conversation; on a stream that nothing else uses it may stop with the last kept round. */
  private converse(turns: MultiTurnSpec, startUs: number, isLast: boolean): void {
    const { stream, samplers, client, shared } = this;
    const { rows, rules, budget } = shared;
    const session = rows.addSession(`sess_${stream.int63()}`);
    const prefix = rules.roundsKeepPrefixAndWindows ? this.prefix : undefined;
    const accumulates = turns.contextGrowth === 'accumulate';
    const log: ConversationRounds = { rows: [], freshTokens: [], outputTokens: [] };
    if (accumulates) rows.conversations.set(session, log);
    let context = 0;
    const contextIds: Uint32Array[] = [];
    let atUs = startUs;
    let isOver = false;
    for (let round = 0; round < turns.maxRounds; round++) {
      if (!budget.step(1, client.id) || budget.problem !== undefined) return;
      const fresh = samplers.input(stream);
      const output = samplers.output(stream);
      if (!budget.draw(fresh, client.id) || !budget.draw(output, client.id)) return;
      const freshIds = this.tokens(fresh);
      const outputIds = this.tokens(output);
      const reasonRatio =
        samplers.reasonRatio === undefined ? 0 : Math.min(1, Math.max(0, samplers.reasonRatio(stream) / 100));
      isOver ||= rules.roundsKeepPrefixAndWindows && atUs >= shared.horizonUs;
      if (isOver && isLast) break;
      let row = -1;
      if (!isOver && (!rules.roundsKeepPrefixAndWindows || this.isActive(atUs))) {
        if (!budget.time(atUs, client.id)) return;
        const input = (prefix?.tokens ?? 0) + context + fresh;
        if (!budget.draw(input - fresh, client.id)) return;
        row = rows.add(
          this.index,
          atUs,
          input,
          output,
          rules.hasSessions ? deadlineUs(atUs, client.timeoutUs, true) : 0,
          {
            prefixTokens: prefix?.tokens ?? 0,
            isLabelled: false,
            session,
            round,
            reasonRatio,
            ...(shared.wantsIds
              ? { ids: this.idsOf(joinTokens(...contextIds, freshIds), outputIds, prefix) }
              : {}),
          },
        );
        if (!budget.rows(rows.count)) return;
      }
      if (accumulates) {
        log.rows.push(row);
        log.freshTokens.push(fresh);
        log.outputTokens.push(output);
        context += fresh + output;
        if (shared.wantsIds) contextIds.push(freshIds, outputIds);
      }
      atUs += turns.thinkTimeUs + output;
    }
    this.made += turns.maxRounds;
  }

  /** Makes the draws of `count` ids; the ids themselves only where wanted. */
  private tokens(count: number): Uint32Array {
    if (this.shared.wantsIds) return this.stream.tokens(count);
    this.stream.skipTokens(count);
    return noIds;
  }

  /** Conversations that go on in a closed loop keep their ids whole, since later prompts repeat them. */
  private idsOf(rest: Uint32Array, output: Uint32Array, prefix: GroupPrefix | undefined): RowIds {
    const keep = this.isSession ? Infinity : FIRST_IDS;
    const lead = prefix?.ids ?? noIds;
    return {
      inputHash: digestTokens(rest, prefix?.hash),
      outputHash: digestTokens(output),
      input: joinTokens(lead.subarray(0, keep), rest.subarray(0, Math.max(0, keep - lead.length))),
      output: output.slice(0, keep),
    };
  }
}
