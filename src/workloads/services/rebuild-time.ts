import { fromSeconds, type Micros } from '../../model/index.js';

const MIB = 1024 * 1024;

/** How long it takes to copy an instance's data anew, from so many senders at once at so many MB/s (10^6 bytes) each. */
export function rebuildTime(mebibytes: number, senders: number, sendMBps: number): Micros {
  return fromSeconds((mebibytes * MIB) / (senders * sendMBps * 1e6));
}
