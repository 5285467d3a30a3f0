import { Instance } from './instance';
import { Request } from './request';

export function onEnd(inst: Instance, r: Request, at: i64): void {}
