import { type Cluster, grown, type TaskClassId } from '../model/index.js';

const [FITS, FITS_NOWHERE] = [1, 2];

/**
 * Which task classes fit some machine of the cluster when it is empty. Kept per class: a class that few machines or none can
 * take would cost a look at all machines for each of its tasks. Machines do not change their capacity or attributes, and none
 * joins during a run.
 */
export class PlaceableClasses {
  private readonly cluster: Cluster;
  /** FITS, FITS_NOWHERE, or 0 when nobody has asked. */
  private answer = new Uint8Array(64);
  /** Which shape the class stood for when it was asked; see TaskClasses.generation. */
  private generation = new Int32Array(64);

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  has(taskClass: TaskClassId): boolean {
    const generation = this.cluster.classes.generation[taskClass];
    if (taskClass >= this.answer.length) {
      this.answer = grown(this.answer, taskClass + 1);
      this.generation = grown(this.generation, taskClass + 1);
    }
    if (this.answer[taskClass] === 0 || this.generation[taskClass] !== generation) {
      this.generation[taskClass] = generation;
      this.answer[taskClass] = this.fitsSomewhere(taskClass) ? FITS : FITS_NOWHERE;
    }
    return this.answer[taskClass] === FITS;
  }

  private fitsSomewhere(taskClass: TaskClassId): boolean {
    const { cluster } = this;
    for (let machine = 0; machine < cluster.machines.count; machine++) {
      if (cluster.fitsEmpty(machine, taskClass)) return true;
    }
    return false;
  }
}
