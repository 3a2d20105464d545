import { grown, type MachineId } from '../../model/index.js';

/** A number per machine that is raised whenever something is placed there: who knows an older one knows too little. */
export class PlacementNumbers {
  current = new Int32Array(0);

  /** The numbers as they are now, for later comparison, in `copy` or a larger column. */
  copyTo(copy: Int32Array<ArrayBuffer>, machines: number): Int32Array<ArrayBuffer> {
    this.current = grown(this.current, machines);
    const target = grown(copy, this.current.length);
    target.set(this.current);
    return target;
  }

  raise(machine: MachineId): void {
    this.current[machine]++;
  }
}
