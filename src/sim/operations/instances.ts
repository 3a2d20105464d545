import {
  type Cluster,
  type FrameworkId,
  type MachineId,
  type Micros,
  NONE,
  type Observer,
  ProcessorSharing,
  type TaskId,
} from '../../model/index.js';
import type { ServiceTerms } from '../../workloads/recovery.js';

/** One instance of a service. */
export interface Instance {
  readonly task: TaskId;
  readonly framework: FrameworkId;
  /** waiting: for a machine. silent: stopped with its machine, and the master has not detected it. */
  state: 'waiting' | 'running' | 'silent';
  /** The current or last machine, which has the data. NONE before the first start, and after the data are lost. */
  machine: MachineId;
  started: Micros;
  /** When its data copy is complete. */
  copiedAt: Micros;
  /** When it serves or began to serve; NaN while it does not run. */
  readyAt: Micros;
  version: number;
  /** Whether it crashes with its version. */
  isBad: boolean;
  /** replaces: it runs beside the instance that it will replace, and does not yet count as wanted. */
  role: 'wanted' | 'replaces' | 'leaving';
  /** True if it needs its startup time even at the first start. */
  startsCold: boolean;
}

/**
 * The instances of services from the operators' view. Health checks report at once which instances serve. The initial
 * instances of a service serve at once, as in its health metrics (metrics/collectors/service-health.ts).
 */
export class Instances implements Partial<Observer> {
  private readonly cluster: Cluster;
  private readonly terms: readonly (ServiceTerms | undefined)[];
  private readonly changed: (framework: FrameworkId, now: Micros) => void;
  private readonly byTask = new Map<TaskId, Instance>();
  private readonly byFramework: Set<Instance>[] = [];
  /** The current data copies of each service. */
  private readonly copies: ProcessorSharing<Instance>[] = [];
  private readonly version: number[] = [];

  constructor(
    cluster: Cluster,
    terms: readonly (ServiceTerms | undefined)[],
    changed: (framework: FrameworkId, now: Micros) => void,
  ) {
    this.cluster = cluster;
    this.terms = terms;
    this.changed = changed;
  }

  /** The instances of a service, in order of submission. */
  of(framework: FrameworkId): readonly Instance[] {
    return [...(this.byFramework[framework] ?? [])];
  }

  /** undefined if the task does not belong to a service. */
  get(task: TaskId): Instance | undefined {
    return this.byTask.get(task);
  }

  termsOf(framework: FrameworkId): ServiceTerms | undefined {
    return this.terms[framework];
  }

  /** The version of new instances; 0 at first. */
  versionOf(framework: FrameworkId): number {
    return this.version[framework] ?? 0;
  }

  setVersion(framework: FrameworkId, version: number): void {
    this.version[framework] = version;
  }

  taskSubmitted(task: TaskId, now: Micros): void {
    const framework = this.cluster.tasks.framework[task];
    if (this.terms[framework] === undefined) return;
    const instance: Instance = {
      task,
      framework,
      state: 'waiting',
      machine: NONE,
      started: Number.NaN,
      copiedAt: Number.NaN,
      readyAt: Number.NaN,
      version: this.versionOf(framework),
      isBad: false,
      role: 'wanted',
      startsCold: false,
    };
    this.byTask.set(task, instance);
    this.byFramework[framework] ??= new Set();
    this.byFramework[framework].add(instance);
    this.changed(framework, now);
  }

  taskStarted(task: TaskId, now: Micros): void {
    const instance = this.byTask.get(task);
    if (instance === undefined) return;
    const machine = this.cluster.tasks.machine[task];
    const terms = this.terms[instance.framework];
    const isCold = terms !== undefined && instance.startsCold;
    const rebuild = isCold && machine !== instance.machine ? terms.rebuild : 0;
    instance.copiedAt = now + rebuild;
    instance.readyAt = instance.copiedAt + (isCold ? terms.startup : 0);
    if (rebuild > 0 && terms?.data !== undefined) {
      this.copies[instance.framework] ??= new ProcessorSharing();
      this.copies[instance.framework].add(instance, rebuild, now);
      this.copiesChanged(instance.framework, terms.startup);
    }
    instance.state = 'running';
    instance.started = now;
    instance.machine = machine;
    instance.startsCold = true;
    this.changed(instance.framework, now);
  }

  /** The data of the instance are lost, wherever it starts next. */
  volumeLost(task: TaskId): void {
    const instance = this.byTask.get(task);
    if (instance !== undefined) instance.machine = NONE;
  }

  taskKilled(task: TaskId, _machine: MachineId, _cause: string, now: Micros): void {
    this.stops(task, 'waiting', now);
  }

  taskSilenced(task: TaskId, now: Micros): void {
    this.stops(task, 'silent', now);
  }

  private stops(task: TaskId, state: 'waiting' | 'silent', now: Micros): void {
    const instance = this.byTask.get(task);
    if (instance === undefined) return;
    // An incomplete copy of the data is lost.
    if (instance.state === 'running' && now < instance.copiedAt) instance.machine = NONE;
    this.copiesNoMore(instance, now);
    instance.state = state;
    instance.readyAt = Number.NaN;
    this.changed(instance.framework, now);
  }

  taskEnded(task: TaskId, _machine: MachineId, _outcome: string, now: Micros): void {
    const instance = this.byTask.get(task);
    if (instance === undefined) return;
    this.byTask.delete(task);
    this.byFramework[instance.framework].delete(instance);
    this.copiesNoMore(instance, now);
    instance.state = 'waiting';
    instance.readyAt = Number.NaN;
    this.changed(instance.framework, now);
  }

  /** The instance stops copying. The other copies get its share of the bandwidth. */
  private copiesNoMore(instance: Instance, now: Micros): void {
    this.copies[instance.framework]?.remove(instance, now);
    this.copiesChanged(instance.framework, this.terms[instance.framework]?.startup ?? 0);
  }

  private copiesChanged(framework: FrameworkId, startup: Micros): void {
    for (const [instance, end] of this.copies[framework]?.ends() ?? []) {
      instance.copiedAt = end;
      instance.readyAt = end + startup;
    }
  }
}

/** Whether the instance has served for at least `minReady`. */
export function serves(instance: Instance, now: Micros, minReady: Micros = 0): boolean {
  return instance.state === 'running' && instance.readyAt + minReady <= now;
}
