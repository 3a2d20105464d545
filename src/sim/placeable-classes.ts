import { type Cluster, grown, type TaskClassId } from '../model/index.js';

const [FITS, FITS_NOWHERE] = [1, 2];

/**
 * Task classes that fit some empty machine of the cluster. Results are cached per class, because a scan of all machines
 * for each task would be slow. A result refers to the capacities at its computation. Later changes of a capacity
 * (revocable resources) do not change it.
 */
export class PlaceableClasses {
  private readonly cluster: Cluster;
  /** FITS, FITS_NOWHERE, or 0 when not yet computed. */
  private answer = new Uint8Array(64);
  /** The generation of the class when the answer was computed; see TaskClasses.generation. */
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
