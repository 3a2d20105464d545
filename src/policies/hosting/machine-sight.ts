import type { Cluster, FreeTable } from '../../model/index.js';
import type {
  Attribute,
  ClusterFacts,
  DeviceMask,
  Dimension,
  DomainId,
  JobReads,
  KindId,
  MachineId,
  MachineSight,
  MachineTasks,
  Read,
  Reads,
  Space,
  TaskClassId,
  TaskFacts,
  TimeRead,
  UsageFacts,
} from '../contract.js';
import { SpaceView } from './space-view.js';

/**
 * What a score sees: rows of one table, and what it declares in `reads`. There is one class for all scores and hosts, with
 * private fields and always the same shape. Two classes at one call site cost a scan of machines several times as much.
 */
export class ScoreSight implements MachineSight {
  readonly space: Space;
  readonly #reads: Partial<Reads>;
  /** Of the score, for messages. */
  readonly #reader: string;
  readonly #table: FreeTable;
  readonly #cluster: Cluster;
  readonly #dims: number;
  #kindReads = 0;

  /** `reads` holds only what the score declares. `reader` names the score and its policy. */
  constructor(cluster: Cluster, table: FreeTable, space: Space, reads: Partial<Reads> = {}, reader = '') {
    this.space = space;
    this.#reads = reads;
    this.#reader = reader;
    this.#table = table;
    this.#cluster = cluster;
    this.#dims = table.dims;
    Object.freeze(this);
  }

  get tasks(): TaskFacts & MachineTasks {
    return this.#reads.tasks ?? this.#undeclared('tasks');
  }

  get usage(): UsageFacts {
    return this.#reads.usage ?? this.#undeclared('usage');
  }

  get cluster(): ClusterFacts {
    return this.#reads.cluster ?? this.#undeclared('cluster');
  }

  get job(): JobReads {
    return this.#reads.job ?? this.#undeclared('job');
  }

  get time(): TimeRead {
    return this.#reads.time ?? this.#undeclared('time');
  }

  #undeclared(read: Read): never {
    throw new RangeError(`${this.#reader} reads "${read}", which it does not declare in reads`);
  }

  free(machine: MachineId, dimension: Dimension): number {
    return this.#table.free[machine * this.#dims + dimension];
  }

  capacity(machine: MachineId, dimension: Dimension): number {
    return this.#table.machines.capacity[machine * this.#dims + dimension];
  }

  /** Number of reads of kinds and attributes so far. */
  get kindReads(): number {
    return this.#kindReads;
  }

  kind(machine: MachineId): KindId {
    this.#kindReads++;
    return this.#table.machines.kind[machine];
  }

  domain(machine: MachineId, attribute: Attribute): DomainId {
    this.#kindReads++;
    return this.#cluster.attributes.domainOf(machine, attribute);
  }

  domains(attribute: Attribute): number {
    return this.#cluster.attributes.domainCount(attribute);
  }

  devices(machine: MachineId): number {
    return this.#table.machines.devices(machine);
  }

  deviceFree(machine: MachineId, device: number): number {
    return this.#table.gpuFree[this.#table.machines.gpuStart[machine] + device];
  }

  demand(taskClass: TaskClassId, dimension: Dimension): number {
    return this.#table.classes.demand[taskClass * this.#dims + dimension];
  }

  deviceCount(taskClass: TaskClassId): number {
    return this.#table.classes.gpuCount[taskClass];
  }

  deviceShare(taskClass: TaskClassId): number {
    return this.#table.classes.gpuMilliEach[taskClass];
  }

  speed(kind: KindId, taskClass: TaskClassId): number {
    return this.#cluster.speeds.seen(kind, taskClass);
  }

  defaultDevices(machine: MachineId, taskClass: TaskClassId): DeviceMask {
    return this.#table.bestFitDevices(machine, taskClass);
  }
}

Object.freeze(ScoreSight.prototype);

/** All machines of a ledger, for measurements by the amounts that a score would read. */
export function sightOf(cluster: Cluster): MachineSight {
  return new ScoreSight(cluster, cluster.free, new SpaceView(cluster));
}
