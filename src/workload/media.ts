// Input lengths of multimodal clients (spec 3.5; BLIS 87cc70ed sim/workload/multimodal.go): text tokens, then for each kind
// of medium a number of pieces and that many lengths.

import type { Result } from '../base/result';
import { ok } from '../base/result';
import type { RandomMath, RandomStream } from '../domain/random';
import type { LengthSampler } from './distributions';
import { lengthSampler } from './distributions';
import type { Distribution, MultimodalSpec } from './spec';

interface PieceSamplers {
  readonly count: LengthSampler;
  readonly tokens: LengthSampler;
}

export interface MediaSamplers {
  readonly text?: LengthSampler;
  readonly image?: PieceSamplers;
  readonly audio?: PieceSamplers;
  readonly video?: PieceSamplers;
}

/** `path` names the client in problems. */
export function mediaSamplers(spec: MultimodalSpec, math: RandomMath, path: string): Result<MediaSamplers> {
  const text =
    spec.text === undefined ? undefined : lengthSampler(spec.text, math, `${path} text_distribution`);
  if (text !== undefined && !text.ok) return text;
  const image = pieces(spec.image, spec.imageCount, math, `${path} image`);
  if (!image.ok) return image;
  const audio = pieces(spec.audio, spec.audioCount, math, `${path} audio`);
  if (!audio.ok) return audio;
  const video = pieces(spec.video, spec.videoCount, math, `${path} video`);
  if (!video.ok) return video;
  return ok({
    ...(text === undefined ? {} : { text: text.value }),
    ...(image.value === undefined ? {} : { image: image.value }),
    ...(audio.value === undefined ? {} : { audio: audio.value }),
    ...(video.value === undefined ? {} : { video: video.value }),
  });
}

/** Nothing unless both distributions are given. */
function pieces(
  tokens: Distribution | undefined,
  count: Distribution | undefined,
  math: RandomMath,
  path: string,
): Result<PieceSamplers | undefined> {
  if (tokens === undefined || count === undefined) return ok(undefined);
  const countSampler = lengthSampler(count, math, `${path}_count_distribution`);
  if (!countSampler.ok) return countSampler;
  const tokenSampler = lengthSampler(tokens, math, `${path}_distribution`);
  if (!tokenSampler.ok) return tokenSampler;
  return ok({ count: countSampler.value, tokens: tokenSampler.value });
}

export interface DrawnMedia {
  readonly total: number;
  readonly parts: {
    readonly text: number;
    readonly image: number;
    readonly audio: number;
    readonly video: number;
  };
}

/** `spend` is asked before that many pieces are drawn and may forbid it; the result is then not to be used. */
export function drawMedia(
  samplers: MediaSamplers,
  stream: RandomStream,
  spend: (pieces: number) => boolean,
): DrawnMedia {
  const text = samplers.text?.(stream) ?? 0;
  const image = drawPieces(samplers.image, stream, spend);
  const audio = drawPieces(samplers.audio, stream, spend);
  const video = drawPieces(samplers.video, stream, spend);
  return { total: text + image + audio + video, parts: { text, image, audio, video } };
}

function drawPieces(
  samplers: PieceSamplers | undefined,
  stream: RandomStream,
  spend: (pieces: number) => boolean,
): number {
  if (samplers === undefined) return 0;
  const count = samplers.count(stream);
  if (!spend(count)) return 0;
  let total = 0;
  for (let piece = 0; piece < count; piece++) total += samplers.tokens(stream);
  return total;
}
