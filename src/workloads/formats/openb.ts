import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Constraint,
  FOREVER,
  fromSeconds,
  InputError,
  MAX_DEVICES,
  MAX_QUANTA,
  type MachineSpec,
  type Micros,
  type ParameterValues,
  type ResourceSpace,
  WHOLE_DEVICE,
} from '../../model/index.js';
import { MachineNames } from '../machines.js';
import { batchedAsync, PLAIN_ROW, type TaskBatch, type TaskRow } from '../trace.js';
import { Adjustments } from './adjustments.js';
import { columnNames, readCsv } from './csv-records.js';
import type { Censored, Format, OpenTrace, TraceCluster } from './format.js';
import { distinctJobs } from './jobs-of-instant.js';
import type { RowRecord } from './row-table.js';
import { sortedBatches } from './submission-order.js';
import { ReadMeter, readLines } from './text-file.js';

/**
 * Alibaba's openb trace (cluster-trace-gpu-v2023): a list of pods, and a list of nodes in the same folder.
 *
 * By default, pods arrive at their creation times and leave after their lifetimes. A list without times is read as if it
 * were an order file. With `podOrder=FILE` (one pod name
 * per line; a name may repeat) they arrive in that order, one per second, and never leave. This is the procedure of the
 * published packing experiment (docs/studies.md, openb), in which time has no effect.
 */
export const openb: Format = {
  name: 'openb',
  about: 'Alibaba openb 2023 (cluster-trace-gpu-v2023) pod list, with its node list as machines',
  parameters: [
    {
      kind: 'file',
      name: 'podOrder',
      default: '',
      about: 'File of pod names, one per line: pods arrive in that order, one per second, and never leave.',
    },
    {
      kind: 'file',
      name: 'nodeOrder',
      default: '',
      about: 'File of node names, one per line: their order is the rank of the machines, which decides ties.',
    },
  ],
  recognizes: (_path, head) => head[0]?.startsWith('name,cpu_milli,memory_mib,num_gpu,gpu_milli') === true,
  describeCluster,
  open,
};

/** Required columns. A list without `gpu_spec` constrains no pod. */
const POD_COLUMNS = ['name', 'cpu_milli', 'memory_mib', 'num_gpu', 'gpu_milli'];
const TIME_COLUMNS = ['creation_time', 'deletion_time'];
const NODE_COLUMNS = ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model'];

/** The limit of pods per node of kube-scheduler in the published experiment. */
const PODS_PER_NODE = 1001;

const GPU_MODEL = 'gpu_model';

/** Whether this is the header of a node list. */
export function isOpenbNodeList(head: string): boolean {
  return head.startsWith('sn,cpu_milli,memory_mib,gpu,model');
}

/** The machines of a node list, in the order of the list or of `order`. @throws InputError */
export async function readOpenbNodes(
  path: string,
  space: ResourceSpace,
  order: string,
): Promise<MachineSpec[]> {
  const machines: MachineSpec[] = [];
  const names = new MachineNames();
  for await (const node of readCsv(path, NODE_COLUMNS)) {
    const model = node.text('model');
    const name = node.required('sn', 'a node name');
    names.add(name, node.place('sn'), node.line);
    machines.push({
      name,
      capacity: space.names.map((name) => nodeCapacity(name, node)),
      attributes: model === '' ? {} : { [GPU_MODEL]: model },
    });
  }
  return order === '' ? machines : inOrder(machines, order);
}

/** The resources of a node list. */
export const OPENB_RESOURCES: readonly string[] = ['cpus', 'mem', 'gpus', 'slots'];

function nodeCapacity(resource: string, node: RowRecord): number {
  switch (resource) {
    case 'cpus':
      return node.count('cpu_milli');
    case 'mem':
      return node.count('memory_mib');
    case 'gpus':
      return gpusOf(node) * WHOLE_DEVICE;
    case 'slots':
      return PODS_PER_NODE;
    default:
      return 0;
  }
}

function gpusOf(node: RowRecord): number {
  const gpus = node.count('gpu');
  if (gpus > MAX_DEVICES) throw InputError.expected(node.place('gpu'), gpus, `at most ${MAX_DEVICES} GPUs`);
  return gpus;
}

async function inOrder(machines: readonly MachineSpec[], order: string): Promise<MachineSpec[]> {
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  const ordered: MachineSpec[] = [];
  for await (const { name, line } of readNames(order)) {
    const machine = byName.get(name);
    if (machine === undefined)
      throw InputError.expected({ file: order, line }, name, 'a node of the node list, each once');
    byName.delete(name);
    ordered.push(machine);
  }
  if (byName.size > 0)
    throw new InputError(
      { file: order },
      `lacks ${byName.size} nodes of the node list, such as ${[...byName.keys()][0]}`,
    );
  return ordered;
}

async function describeCluster(path: string, settings: ParameterValues): Promise<TraceCluster> {
  const nodeList = join(dirname(path), 'openb_node_list_gpu_node.csv');
  return {
    resources: OPENB_RESOURCES,
    ...(existsSync(nodeList) && {
      machines: (space: ResourceSpace) => readOpenbNodes(nodeList, space, settings.text('nodeOrder')),
    }),
    machinesHint:
      'there is no openb_node_list_gpu_node.csv beside it; give the node list with --machines FILE',
  };
}

function open(path: string, space: ResourceSpace, settings: ParameterValues): OpenTrace {
  const list: PodList = {
    path,
    space,
    constraints: [[]],
    adjustments: new Adjustments(),
    censored: { cutAtStart: null, cutAtEnd: null, neverStarted: null },
  };
  const order = settings.text('podOrder');
  const meter = new ReadMeter();
  return {
    space,
    frameworks: [{ name: 'pods' }],
    constraints: list.constraints,
    curves: [undefined],
    dropped: {},
    adjusted: list.adjustments.counts,
    censored: list.censored,
    meter,
    batches: () =>
      order === '' ? listedPods(list, meter) : batchedAsync(orderedRows(list, order, meter), space.size),
    // The counts of the history would be those of the run a second time.
    history: () => batchedAsync(listedRows({ ...list, adjustments: new Adjustments() }), space.size),
  };
}

/** A pod list that is read. */
interface PodList {
  readonly path: string;
  readonly space: ResourceSpace;
  /** Constraints are added while the list is read. */
  readonly constraints: (readonly Constraint[])[];
  readonly adjustments: Adjustments;
  readonly censored: Censored;
}

/** The pods of a list in order of creation. Without times, they arrive one per second in the order of the list. */
async function* listedPods(list: PodList, meter: ReadMeter): AsyncGenerator<TaskBatch> {
  const { path, space, adjustments } = list;
  const header = await headerOf(path);
  if (!TIME_COLUMNS.some((column) => header.includes(column))) {
    yield* batchedAsync(untimedRows(list, meter), space.size);
    return;
  }
  const batches = batchedAsync(timedRows(list, meter), space.size);
  yield* distinctJobs((await isSorted(path)) ? batches : sortedBatches(batches, adjustments), adjustments);
}

async function headerOf(path: string): Promise<readonly string[]> {
  for await (const { lines } of readLines(path)) return columnNames(lines[0]);
  return [];
}

async function isSorted(path: string): Promise<boolean> {
  let last = 0;
  for await (const pod of readCsv(path, TIME_COLUMNS)) {
    const created = pod.amount('creation_time');
    if (created < last) return false;
    last = created;
  }
  return true;
}

async function* timedRows(list: PodList, meter: ReadMeter): AsyncGenerator<TaskRow> {
  const { path, adjustments } = list;
  const lives = new PodLives(list.censored);
  let pods = 0;
  for await (const pod of readCsv(path, [...POD_COLUMNS, ...TIME_COLUMNS], meter)) {
    const submit = pod.time('creation_time', adjustments);
    const end = pod.time('deletion_time', adjustments);
    if (end < submit)
      throw InputError.expected(
        pod.place('deletion_time'),
        pod.text('deletion_time'),
        `a time not before creation_time ${pod.text('creation_time')}`,
      );
    pods++;
    lives.add(pod, end);
    yield { ...podRow(pod, list), submit, duration: end - submit };
  }
  if (pods === 0) throw noPod(path);
}

/** Counts pods that were never scheduled, and pods that still ran at the latest time of the list. */
class PodLives {
  private readonly censored: Censored;
  private latest: Micros = Number.NEGATIVE_INFINITY;

  constructor(censored: Censored) {
    this.censored = censored;
  }

  add(pod: RowRecord, end: Micros): void {
    const { censored } = this;
    if (pod.has('scheduled_time') && pod.text('scheduled_time') === '')
      censored.neverStarted = (censored.neverStarted ?? 0) + 1;
    if (!pod.has('pod_phase')) return;
    if (end > this.latest) censored.cutAtEnd = 0;
    this.latest = Math.max(this.latest, end);
    if (end === this.latest && pod.text('pod_phase') === 'Running')
      censored.cutAtEnd = (censored.cutAtEnd ?? 0) + 1;
  }
}

async function* untimedRows(list: PodList, meter: ReadMeter): AsyncGenerator<TaskRow> {
  let second = 0;
  for await (const pod of readCsv(list.path, POD_COLUMNS, meter)) {
    list.adjustments.count('pods without times, which arrive one per second and never leave');
    yield { ...podRow(pod, list), submit: fromSeconds(second++) };
  }
  if (second === 0) throw noPod(list.path);
}

function noPod(path: string): InputError {
  return new InputError({ file: path }, 'contains no pod');
}

async function* orderedRows(list: PodList, order: string, meter: ReadMeter): AsyncGenerator<TaskRow> {
  const pods = new Map<string, TaskRow>();
  for await (const pod of readCsv(list.path, POD_COLUMNS))
    pods.set(pod.required('name', 'a pod name'), podRow(pod, list));
  let second = 0;
  for await (const { name, line } of readNames(order, meter)) {
    const row = pods.get(name);
    if (row === undefined) throw InputError.expected({ file: order, line }, name, 'a pod of the pod list');
    yield { ...row, submit: fromSeconds(second++) };
  }
}

function podRow(pod: RowRecord, { space, constraints }: PodList): TaskRow {
  const gpuCount = pod.count('num_gpu');
  const gpuMilliEach = gpuCount === 0 ? 0 : pod.count('gpu_milli');
  if (gpuMilliEach > WHOLE_DEVICE)
    throw InputError.expected(pod.place('gpu_milli'), gpuMilliEach, 'at most 1000 of a GPU');
  const gpus = gpuCount * gpuMilliEach;
  if (gpus > MAX_QUANTA)
    throw InputError.expected(
      pod.place('num_gpu'),
      gpuCount,
      `at most ${Math.floor(MAX_QUANTA / gpuMilliEach)} of them`,
    );
  const amounts: Readonly<Record<string, number>> = {
    cpus: pod.count('cpu_milli'),
    mem: pod.count('memory_mib'),
    gpus,
    slots: 1,
  };
  return {
    ...PLAIN_ROW,
    job: pod.required('name', 'a pod name'),
    framework: 0,
    submit: 0,
    demand: space.names.map((name) => amounts[name] ?? 0),
    gpuCount,
    gpuMilliEach,
    constraint: gpuCount === 0 ? 0 : gpuConstraint(pod.text('gpu_spec'), constraints),
    duration: FOREVER,
  };
}

/** Every pod of the list once, all submitted at 0. */
async function* listedRows(list: PodList): AsyncGenerator<TaskRow> {
  for await (const pod of readCsv(list.path, POD_COLUMNS)) yield podRow(pod, list);
}

/** `V100M16|V100M32`: one of these models. */
function gpuConstraint(spec: string, constraints: (readonly Constraint[])[]): number {
  if (spec === '') return 0;
  const known = constraints.findIndex(
    ([models]) => models !== undefined && 'values' in models && models.values.join('|') === spec,
  );
  if (known >= 0) return known;
  return constraints.push([{ attribute: GPU_MODEL, operator: 'equal', values: spec.split('|') }]) - 1;
}

async function* readNames(path: string, meter?: ReadMeter): AsyncGenerator<{ name: string; line: number }> {
  for await (const { firstLine, lines } of readLines(path, meter)) {
    for (let i = 0; i < lines.length; i++) {
      const name = lines[i].trim();
      if (name !== '') yield { name, line: firstLine + i };
    }
  }
}
