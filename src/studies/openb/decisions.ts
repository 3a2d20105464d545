import { taskMixOf } from '../../lab/workload/task-mix.js';
import {
  type DeviceMask,
  type MachineId,
  NONE,
  ParameterValues,
  ResourceSpace,
  type TaskId,
} from '../../model/index.js';
import { FragmentationDescent } from '../../policies/placement/fgd.js';
import { placementNamed } from '../../policies/placement/index.js';
import type { TypicalTask } from '../../policies/placement/typical-tasks.js';
import { readCsv } from '../../workloads/formats/csv-records.js';
import { OPENB_RESOURCES, openb, readOpenbNodes } from '../../workloads/formats/openb.js';
import type { RowRecord } from '../../workloads/formats/row-table.js';
import type { Check } from '../study.js';
import { nodeList, orderFile, podList } from './folder.js';
import { type Decision, Replay } from './replay.js';

/** A run whose decisions are recorded in a file. */
export interface RecordedRun {
  readonly workload: string;
  readonly seed: string;
  /** Our name of the policy. */
  readonly policy: string;
  readonly decisions: string;
}

/**
 * Compares every recorded decision (node, GPU devices, refusal) with ours.
 *
 * The recorded FGD run sums probabilities in another order than the published tables. This can change a score that is close to a whole
 * number. Such a decision is accepted if both machines have the same score before truncation. The recorded decision is then
 * applied, because a different placement would change later decisions.
 * @throws InputError when a file is missing or damaged.
 */
export async function compareDecisions(
  folder: string,
  recorded: RecordedRun,
  typical: readonly TypicalTask[],
): Promise<Check> {
  const comparison = new Comparison(await replayOf(folder, recorded), scoreBeforeCut(recorded, typical));
  const records = readCsv(recorded.decisions, ['i', 'pod', 'node', 'gpus']);
  const trace = traceOf(folder, recorded);
  for await (const batch of trace.batches()) {
    for (let row = 0; row < batch.length; row++) {
      const task = comparison.replay.arrive(batch, row, trace.constraints);
      comparison.add(String(batch.job[row]), task, (await records.next()).value);
    }
  }
  const excess = (await records.next()).done !== true;
  return comparison.check(`${recorded.policy}, ${recorded.workload}, seed ${recorded.seed}`, excess);
}

function traceOf(folder: string, { workload, seed }: RecordedRun) {
  const settings = { podOrder: orderFile(folder, workload, 'pods', seed) };
  return openb.open(
    podList(folder, workload),
    new ResourceSpace(OPENB_RESOURCES),
    new ParameterValues(openb.parameters, settings),
  );
}

async function replayOf(folder: string, recorded: RecordedRun): Promise<Replay> {
  const { workload, seed, policy } = recorded;
  const space = new ResourceSpace(OPENB_RESOURCES);
  const order = orderFile(folder, workload, 'nodes', seed);
  const machines = await readOpenbNodes(nodeList(folder), space, order);
  const taskMix = await taskMixOf(traceOf(folder, recorded), Number.POSITIVE_INFINITY);
  return new Replay(space, machines, placementNamed(policy, { space, ties: 'lowest-rank', taskMix }));
}

/** The score of a machine before truncation to a whole number; undefined for policies that need no such comparison. */
type ScoreBeforeCut = ((replay: Replay, task: TaskId, machine: MachineId) => number) | undefined;

function scoreBeforeCut({ policy }: RecordedRun, typical: readonly TypicalTask[]): ScoreBeforeCut {
  if (policy !== 'fgd') return undefined;
  let descent: FragmentationDescent | undefined;
  return ({ view }, task, machine) => {
    descent ??= new FragmentationDescent(typical, 'float', view.machines);
    return descent.score(machine, view.tasks.taskClass(task));
  };
}

/** Scores from 0 to 100 are sums of about 100 products: 1e-9 is far above their rounding errors and far below a real difference. */
const ROUNDING = 1e-9;

class Comparison {
  readonly replay: Replay;
  private readonly beforeCut: ScoreBeforeCut;
  private readonly rankOf: ReadonlyMap<string, MachineId>;
  private published = 0;
  private arrivals = 0;
  private equal = 0;
  private rounded = 0;
  private first: string | undefined;

  constructor(replay: Replay, beforeCut: ScoreBeforeCut) {
    this.replay = replay;
    this.beforeCut = beforeCut;
    this.rankOf = new Map(replay.cluster.machines.specs.map(({ name }, rank) => [name, rank]));
  }

  /** Compares the decision for the next pod and applies ours, or the recorded one if they differ only by rounding. */
  add(pod: string, task: TaskId, record: RowRecord | undefined): void {
    const made = this.replay.decide(task);
    this.replay.follow(task, record === undefined ? made : this.compare(pod, task, made, record));
    this.arrivals++;
  }

  /** Counts the decision. @returns the decision to apply. */
  private compare(pod: string, task: TaskId, made: Decision, record: RowRecord): Decision {
    const wanted = this.recordedDecision(record);
    const [madeText, wantedText] = [this.text(pod, made), this.text(record.text('pod'), wanted)];
    this.published++;
    if (madeText === wantedText) this.equal++;
    else if (record.text('pod') === pod && this.isRounding(task, made, wanted)) {
      this.rounded++;
      return wanted;
    } else this.first ??= `first at ${this.published - 1}: ${madeText} instead of ${wantedText}`;
    return made;
  }

  check(what: string, hasMoreRecords: boolean): Check {
    const { published, arrivals, equal, rounded, first } = this;
    const roundedText = rounded === 0 ? '' : `, ${rounded} by rounding`;
    return {
      what: `${what}: decisions`,
      published: `${published}${hasMoreRecords ? ' and more' : ''}`,
      ours: `${equal} equal${roundedText} of ${arrivals}`,
      difference: first ?? 'none',
      passed: equal + rounded === published && arrivals === published && !hasMoreRecords,
    };
  }

  private recordedDecision(record: RowRecord): Decision {
    const node = record.text('node');
    const machine = node === '' ? NONE : (this.rankOf.get(node) ?? Number.MAX_SAFE_INTEGER);
    return { machine, devices: maskOf(record.text('gpus')) };
  }

  private isRounding(task: TaskId, made: Decision, wanted: Decision): boolean {
    const { replay, beforeCut } = this;
    const { free, tasks } = replay.cluster;
    if (beforeCut === undefined || made.machine === NONE || made.machine === wanted.machine) return false;
    if (!free.fits(wanted.machine, tasks.taskClass[task])) return false;
    if (replay.devicesOn(task, wanted.machine) !== wanted.devices) return false;
    const difference = beforeCut(replay, task, made.machine) - beforeCut(replay, task, wanted.machine);
    return Math.abs(difference) < ROUNDING;
  }

  private text(pod: string, { machine, devices }: Decision): string {
    if (machine === NONE) return `${pod} dropped`;
    const node = this.replay.cluster.machines.specs[machine]?.name ?? 'an unknown node';
    return `${pod} on ${node}${devices === 0 ? '' : ` gpu ${deviceText(devices)}`}`;
  }
}

/** Devices in the format of the reference: `0-1-2`. */
function deviceText(mask: DeviceMask): string {
  const devices: number[] = [];
  for (let device = 0; mask >>> device !== 0; device++)
    if ((mask & (1 << device)) !== 0) devices.push(device);
  return devices.join('-');
}

function maskOf(devices: string): DeviceMask {
  return devices === '' ? 0 : devices.split('-').reduce((mask, device) => mask | (1 << Number(device)), 0);
}
