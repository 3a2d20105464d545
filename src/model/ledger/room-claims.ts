import type { JobId } from './job.js';
import type { DeviceMask, MachineId } from './machine.js';
import type { MachineTable } from './machine-table.js';
import type { TaskId } from './task.js';
import type { TaskClasses, TaskClassId } from './task-classes.js';

/** The columns of a table of free room that claims are taken from; see FreeTable. */
export interface ClaimableTable {
  readonly free: Int32Array;
  readonly gpuFree: Int32Array;
  readonly machines: MachineTable;
  readonly classes: TaskClasses;
  readonly changes: { record(machine: MachineId): void };
}

/** Where a task of a claim will start. */
export interface ClaimedPlace {
  readonly task: TaskId;
  readonly taskClass: TaskClassId;
  readonly machine: MachineId;
  /** Its GPU devices. */
  readonly devices: DeviceMask;
}

/** The claimed room of one machine, in quanta: how much the tasks need, and how much is kept already. */
interface Share {
  readonly machine: MachineId;
  readonly want: Float64Array;
  readonly have: Float64Array;
  readonly deviceWant: Float64Array;
  readonly deviceHave: Float64Array;
}

interface Claim {
  readonly job: JobId;
  /** Its places from the beginning, without those of tasks that have left for good. */
  all: readonly ClaimedPlace[];
  /** Places for which room is kept. */
  places: readonly ClaimedPlace[];
  shares: Map<MachineId, Share>;
  /** Its room is in the table for the moment, so that the job can use it. */
  isOpen: boolean;
  isFull: boolean;
}

/**
 * Room that is kept for jobs while the tasks that they preempt stop. A claim takes what is free at once. What becomes free on
 * its machines later fills the oldest claim first.
 *
 * Kept amounts are in no table of free room. So no index and no other job sees them.
 */
export class RoomClaims {
  /** Kept room over all machines, in quanta per dimension. */
  readonly total: Float64Array;
  /** Called when a claim becomes full, and when it ends without a start. */
  changed: (job: JobId) => void = () => undefined;
  /** The oldest first. */
  private claims: Claim[] = [];
  private readonly ofJob = new Map<JobId, Claim[]>();
  private readonly dims: number;
  private readonly gpuDimension: number;

  constructor(dims: number, gpuDimension: number) {
    this.dims = dims;
    this.gpuDimension = gpuDimension;
    this.total = new Float64Array(dims);
  }

  /** Number of claims. */
  get size(): number {
    return this.claims.length;
  }

  has(job: JobId): boolean {
    return this.ofJob.has(job);
  }

  /** Has the job claims that are not open? */
  isKept(job: JobId): boolean {
    return this.ofJob.get(job)?.[0].isOpen === false;
  }

  /** Is room kept for this task of the job, in a claim that is not open? */
  keepsFor(job: JobId, task: TaskId): boolean {
    return this.isKept(job) && this.includes(job, task);
  }

  /** Does a claim have places on the machine? */
  areOn(machine: MachineId): boolean {
    return this.claims.some(({ shares }) => shares.has(machine));
  }

  /** The jobs with claims on the machine, the oldest first. */
  jobsOn(machine: MachineId): readonly JobId[] {
    return this.claims.filter(({ shares }) => shares.has(machine)).map(({ job }) => job);
  }

  /** Does a claim of its job keep room for this task? */
  includes(job: JobId, task: TaskId): boolean {
    return this.ofJob.size > 0 && this.placesOf(job).some((place) => place.task === task);
  }

  /** The places of a job's claims; none without a claim. */
  placesOf(job: JobId): readonly ClaimedPlace[] {
    return this.ofJob.get(job)?.flatMap(({ places }) => places) ?? [];
  }

  /** Makes a claim, which takes what is free in the table. The tasks have none yet. */
  add(job: JobId, places: readonly ClaimedPlace[], table: ClaimableTable): void {
    const shares = this.sharesOf(places, table);
    const claim: Claim = { job, all: places, places, shares, isOpen: false, isFull: false };
    this.claims.push(claim);
    this.ofJob.set(job, [...(this.ofJob.get(job) ?? []), claim]);
    for (const share of shares.values()) this.take(share, table);
    this.noteFull(claim);
  }

  /** Adds what is free on the machine to the claims there, the oldest first. */
  fill(machine: MachineId, table: ClaimableTable): void {
    for (const claim of this.claims) {
      const share = claim.isOpen || claim.isFull ? undefined : claim.shares.get(machine);
      if (share === undefined) continue;
      this.take(share, table);
      this.noteFull(claim);
    }
  }

  /**
   * Puts the room of a job's claims into the table, so that the job can use it. Returns false without a claim, and when they are
   * open already. `close` must follow in the same step.
   */
  open(job: JobId, table: ClaimableTable): boolean {
    if (!this.isKept(job)) return false;
    for (const claim of this.ofJob.get(job) as Claim[]) {
      for (const share of claim.shares.values()) this.giveBack(share, table);
      claim.isOpen = true;
    }
    return true;
  }

  /** Keeps the room of the places that wait. Claims without places end. Without `forGood`, places may come back. */
  close(job: JobId, table: ClaimableTable, waits: (place: ClaimedPlace) => boolean, forGood: boolean): void {
    for (const claim of this.ofJob.get(job) as Claim[]) {
      claim.isOpen = false;
      const places = claim.all.filter(waits);
      if (forGood) claim.all = places;
      if (places.length !== claim.places.length) claim.shares = this.sharesOf(places, table);
      claim.places = places;
      if (forGood && places.length === 0) this.drop(claim);
      for (const share of claim.shares.values()) this.take(share, table);
      if (places.length > 0) this.noteFull(claim);
    }
  }

  /** Ends the claims of a job. Their room is free. Returns false without a claim. */
  end(job: JobId, table: ClaimableTable): boolean {
    const claims = this.ofJob.get(job);
    for (const claim of claims ?? []) this.endOne(claim, table);
    return claims !== undefined;
  }

  /** Ends the claims with a place on this machine, which is lost. */
  endOn(machine: MachineId, table: ClaimableTable): void {
    for (const claim of [...this.claims]) if (claim.shares.has(machine)) this.endOne(claim, table);
  }

  /** Ends the claims that lack room on this machine, of which no more room will come. */
  endShortOn(machine: MachineId, table: ClaimableTable): void {
    for (const claim of [...this.claims]) {
      const share = claim.shares.get(machine);
      if (share !== undefined && !isShareFilled(share)) this.endOne(claim, table);
    }
  }

  private endOne(claim: Claim, table: ClaimableTable): void {
    for (const share of claim.shares.values()) this.giveBack(share, table);
    this.drop(claim);
    for (const machine of claim.shares.keys()) this.fill(machine, table);
    this.changed(claim.job);
  }

  private drop(claim: Claim): void {
    const isOther = (other: Claim) => other !== claim;
    this.claims = this.claims.filter(isOther);
    const left = this.ofJob.get(claim.job)?.filter(isOther) ?? [];
    if (left.length > 0) this.ofJob.set(claim.job, left);
    else this.ofJob.delete(claim.job);
  }

  /** Puts what the claims of a machine have back into the table. They are no longer full. */
  empty(machine: MachineId, table: ClaimableTable): void {
    for (const claim of this.claims) {
      const share = claim.isOpen ? undefined : claim.shares.get(machine);
      if (share === undefined) continue;
      this.giveBack(share, table);
      claim.isFull = isFilled(claim);
    }
  }

  /** Changes the free room of a machine of which claims may have taken too much or too little. */
  refill(machine: MachineId, table: ClaimableTable, change: () => void): void {
    this.empty(machine, table);
    change();
    this.fill(machine, table);
  }

  /** Adds the room of a job's claims to a private copy of their table. */
  show(job: JobId, copy: ClaimableTable): void {
    for (const claim of this.ofJob.get(job) ?? [])
      for (const { machine, have, deviceHave } of claim.shares.values()) {
        for (let d = 0; d < this.dims; d++) copy.free[machine * this.dims + d] += have[d];
        const start = copy.machines.gpuStart[machine];
        for (let device = 0; device < deviceHave.length; device++)
          copy.gpuFree[start + device] += deviceHave[device];
        copy.changes.record(machine);
      }
  }

  /** Becomes a copy of other claims, for a copy of their table. */
  copy(others: RoomClaims): void {
    this.clear();
    for (const claim of others.claims) {
      const shares = new Map([...claim.shares].map(([machine, share]) => [machine, copyOf(share)]));
      const own = { ...claim, shares };
      this.claims.push(own);
      this.ofJob.set(claim.job, [...(this.ofJob.get(claim.job) ?? []), own]);
    }
  }

  clear(): void {
    this.claims = [];
    this.ofJob.clear();
  }

  /** Would a task of this class fit the machine if no room were claimed there? */
  hides(
    machine: MachineId,
    taskClass: TaskClassId,
    { free, gpuFree, classes, machines }: ClaimableTable,
  ): boolean {
    const kept = this.claims.flatMap(({ shares }) => shares.get(machine) ?? []);
    if (kept.length === 0) return false;
    for (let d = 0; d < this.dims; d++) {
      const amount = kept.reduce((sum, { have }) => sum + have[d], free[machine * this.dims + d]);
      if (amount < classes.demand[taskClass * this.dims + d]) return false;
    }
    let devices = 0;
    for (let device = 0; device < machines.devices(machine); device++) {
      const left = gpuFree[machines.gpuStart[machine] + device];
      const share = kept.reduce((sum, { deviceHave }) => sum + deviceHave[device], left);
      if (share >= classes.gpuMilliEach[taskClass]) devices++;
    }
    return devices >= classes.gpuCount[taskClass];
  }

  /** Calls `visit` with the kept amounts and device shares of each machine of each claim. */
  eachShare(visit: (machine: MachineId, have: Float64Array, deviceHave: Float64Array) => void): void {
    for (const claim of this.claims)
      for (const { machine, have, deviceHave } of claim.shares.values()) visit(machine, have, deviceHave);
  }

  private sharesOf(
    places: readonly ClaimedPlace[],
    { machines, classes }: ClaimableTable,
  ): Map<MachineId, Share> {
    const shares = new Map<MachineId, Share>();
    for (const { taskClass, machine, devices } of places) {
      const count = machines.devices(machine);
      const share = shares.get(machine) ?? {
        machine,
        want: new Float64Array(this.dims),
        have: new Float64Array(this.dims),
        deviceWant: new Float64Array(count),
        deviceHave: new Float64Array(count),
      };
      shares.set(machine, share);
      for (let d = 0; d < this.dims; d++) share.want[d] += classes.demand[taskClass * this.dims + d];
      for (let rest = devices, device = 0; rest !== 0; rest >>>= 1, device++)
        if ((rest & 1) !== 0) share.deviceWant[device] += classes.gpuMilliEach[taskClass];
    }
    return shares;
  }

  /** Takes what is missing and free. GPU amounts follow the devices, as everywhere in the ledger. */
  private take({ machine, want, have, deviceWant, deviceHave }: Share, table: ClaimableTable): void {
    const row = machine * this.dims;
    const start = table.machines.gpuStart[machine];
    for (let d = 0; d < this.dims; d++)
      if (d !== this.gpuDimension)
        this.keep(have, row, d, Math.min(table.free[row + d], want[d] - have[d]), table);
    for (let device = 0; device < deviceWant.length; device++) {
      const amount = Math.max(
        0,
        Math.min(table.gpuFree[start + device], deviceWant[device] - deviceHave[device]),
      );
      deviceHave[device] += amount;
      table.gpuFree[start + device] -= amount;
      this.keep(have, row, this.gpuDimension, amount, table);
    }
    table.changes.record(machine);
  }

  private keep(
    have: Float64Array,
    row: number,
    dimension: number,
    amount: number,
    table: ClaimableTable,
  ): void {
    if (amount <= 0) return;
    have[dimension] += amount;
    table.free[row + dimension] -= amount;
    this.total[dimension] += amount;
  }

  private giveBack({ machine, have, deviceHave }: Share, table: ClaimableTable): void {
    const row = machine * this.dims;
    const start = table.machines.gpuStart[machine];
    for (let d = 0; d < this.dims; d++) {
      table.free[row + d] += have[d];
      this.total[d] -= have[d];
    }
    for (let device = 0; device < deviceHave.length; device++)
      table.gpuFree[start + device] += deviceHave[device];
    have.fill(0);
    deviceHave.fill(0);
    table.changes.record(machine);
  }

  private noteFull(claim: Claim): void {
    const isFull = isFilled(claim);
    const becameFull = isFull && !claim.isFull;
    claim.isFull = isFull;
    if (becameFull) this.changed(claim.job);
  }
}

function isFilled({ shares }: Claim): boolean {
  for (const share of shares.values()) if (!isShareFilled(share)) return false;
  return true;
}

function isShareFilled({ want, have }: Share): boolean {
  return want.every((amount, d) => have[d] >= amount);
}

function copyOf({ machine, want, have, deviceWant, deviceHave }: Share): Share {
  return { machine, want, have: have.slice(), deviceWant, deviceHave: deviceHave.slice() };
}
