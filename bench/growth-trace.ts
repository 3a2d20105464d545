import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mulberry32 } from './mulberry32.js';

/** The shape of a generated trace. Times in seconds; memory in MiB. */
export interface GrowthTrace {
  readonly jobs: number;
  /** Mean time between jobs; 0 if all are submitted at once. */
  readonly gap: number;
  /** Whether each job has a demand of its own; otherwise 1, 2 or 4 cores. */
  readonly isDistinct: boolean;
  readonly frameworks?: number;
  /** Tasks per job, which are a gang if `isGang`. */
  readonly tasks?: number;
  readonly isGang?: boolean;
  readonly spread?: string;
  /** Number of racks of which each job prefers one. */
  readonly preferredRacks?: number;
}

const MEAN_DURATION = 600;
const RACK_SIZE = 40;

/** Files of a trace and its machines, which `remove` deletes. */
export interface GrowthFiles {
  readonly trace: string;
  readonly machines: string;
  remove(): void;
}

/** Writes a trace of exponential gaps and run times, and this number of machines of 16 cores and 64 GiB in racks of 40. */
export function growthFiles(shape: GrowthTrace, machines: number): GrowthFiles {
  const folder = mkdtempSync(join(tmpdir(), 'fairground-growth-'));
  const trace = join(folder, 'trace.csv');
  const machinesFile = join(folder, 'machines.csv');
  writeFileSync(trace, traceText(shape));
  const rows = Array.from({ length: machines }, (_, m) => `m${m},16,65536,rack-${Math.floor(m / RACK_SIZE)}`);
  writeFileSync(machinesFile, `name,cpus,mem,rack\n${rows.join('\n')}\n`);
  return { trace, machines: machinesFile, remove: () => rmSync(folder, { recursive: true }) };
}

function traceText(shape: GrowthTrace): string {
  const { jobs, gap, isDistinct, frameworks = 1, tasks = 1, isGang, spread, preferredRacks } = shape;
  const draw = mulberry32(42);
  const exponential = (mean: number) => -Math.log(1 - draw()) * mean;
  const columns = ['job_id', 'submit', 'duration', 'cpus', 'mem', 'estimate', 'framework', 'tasks'];
  if (isGang) columns.push('gang');
  if (spread !== undefined) columns.push('spread');
  if (preferredRacks !== undefined) columns.push('prefers');
  const lines = [columns.join(',')];
  let time = 0;
  for (let job = 0; job < jobs; job++) {
    time += gap === 0 ? 0 : exponential(gap);
    const duration = Math.max(1, exponential(MEAN_DURATION));
    const cpus = isDistinct ? (0.5 + draw() * 3.5).toFixed(3) : [1, 2, 4][Math.floor(draw() * 3)];
    const mem = isDistinct ? Math.floor(512 + draw() * 8192) : 2048;
    const estimate = duration * (1 + 2 * draw());
    const fields = [`j${job}`, time.toFixed(3), duration.toFixed(3), cpus, mem, estimate.toFixed(3)];
    fields.push(`f${Math.floor(draw() * frameworks)}`, tasks);
    if (isGang) fields.push(1);
    if (spread !== undefined) fields.push(spread);
    if (preferredRacks !== undefined) fields.push(`rack=rack-${Math.floor(draw() * preferredRacks)}`);
    lines.push(fields.join(','));
  }
  return `${lines.join('\n')}\n`;
}
