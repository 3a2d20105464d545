import { type FreeTable, grown, type MachineId } from '../../model/index.js';

/** The machines that are up and have something free, lowest rank first, kept up to date from the table's change log. */
export class CandidateMachines {
  /** Machine ids in rank order; the first `count` count. */
  ids = new Int32Array(16);
  count = 0;
  private readonly table: FreeTable;
  private isCandidate = new Uint8Array(16);
  private cursor = 0;
  private rows = 0;

  constructor(table: FreeTable) {
    this.table = table;
  }

  update(): void {
    const { changes } = this.table;
    if (this.rows !== this.table.count || !changes.remembers(this.cursor)) this.rebuild();
    else this.follow();
    this.cursor = changes.head;
  }

  private follow(): void {
    const { changes } = this.table;
    let isStale = false;
    for (let i = this.cursor; i < changes.head; i++) {
      const machine = changes.at(i);
      const now = this.qualifies(machine) ? 1 : 0;
      if (this.isCandidate[machine] === now) continue;
      this.isCandidate[machine] = now;
      isStale = true;
    }
    if (isStale) this.list();
  }

  private rebuild(): void {
    this.rows = this.table.count;
    this.ids = grown(this.ids, this.rows);
    this.isCandidate = grown(this.isCandidate, this.rows);
    for (let machine = 0; machine < this.rows; machine++)
      this.isCandidate[machine] = this.qualifies(machine) ? 1 : 0;
    this.list();
  }

  private list(): void {
    this.count = 0;
    for (let machine = 0; machine < this.rows; machine++) {
      if (this.isCandidate[machine] === 1) this.ids[this.count++] = machine;
    }
  }

  private qualifies(machine: MachineId): boolean {
    return this.table.open[machine] === 1 && !this.table.isEmpty(machine);
  }
}
