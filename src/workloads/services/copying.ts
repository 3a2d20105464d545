import { fromSeconds, type Micros, type Parameter, type ParameterValues } from '../../model/index.js';
import type { ReplicatedData } from '../recovery.js';

const MIB = 1024 * 1024;

/** Time to copy an instance's data again from `senders` senders at `sendMBps` MB/s (10^6 bytes) each. */
export function rebuildTime(mebibytes: number, senders: number, sendMBps: number): Micros {
  return fromSeconds((mebibytes * MIB) / (senders * sendMBps * 1e6));
}

/** Bandwidth of an instance, of which copies take `sendMBps`. */
export const MOVE_PARAMETER: Parameter = {
  kind: 'number',
  name: 'moveMBps',
  // Proposal: a network interface of 10 Gbit/s.
  default: 1250,
  min: 0.001,
  about: 'Bandwidth of an instance, MB/s; copies take sendMBps of it from normal work.',
};

/** Copy rates from the parameters `sendMBps` and `moveMBps`. A throttle above the bandwidth has no effect. */
export function copying(
  values: ParameterValues,
  mebibytes: number,
  senders: number,
): Pick<ReplicatedData, 'copyRate' | 'senders' | 'senderShare'> & { readonly rebuild: Micros } {
  const [throttle, move] = [values.number('sendMBps'), values.number('moveMBps')];
  const each = Math.min(throttle, move);
  return {
    rebuild: rebuildTime(mebibytes, senders, each),
    copyRate: senders * each * 1e6,
    senders,
    senderShare: each / move,
  };
}
