import type { FreeTable } from './free-table.js';
import type { JobId, JobTable } from './job.js';
import type { MachineId } from './machine.js';
import type { MachineTable } from './machine-table.js';
import type { OfferedTables } from './offered-tables.js';
import type { ClaimedPlace, RoomClaims } from './room-claims.js';
import { TaskState, type TaskTable } from './task.js';

/** The parts of a ledger that claims of room refer to; see Cluster. */
interface ClaimingLedger {
  readonly claims: RoomClaims;
  readonly claimsFillFrom: 'free' | 'offers';
  readonly free: FreeTable;
  readonly offered: OfferedTables;
  readonly machines: MachineTable;
  readonly tasks: TaskTable;
  readonly jobs: JobTable;
  returnOffer(framework: number, machine: MachineId): void;
}

/**
 * Runs a step in which the room of the job's claim is free in the table. Afterwards, the claim keeps the room of its tasks that
 * still wait. Without a claim of the job, only the step runs.
 */
export function withClaim<Result>(
  cluster: ClaimingLedger,
  table: FreeTable,
  job: JobId,
  step: () => Result,
): Result {
  const { claims, offered, jobs, tasks, machines } = cluster;
  const places = claims.placesOf(job);
  const framework = jobs.framework[job];
  const isOffer = table !== cluster.free && table === offered.of(framework);
  // What of the claim is lent to the table of offers counts as offered.
  const before = isOffer ? claims.total.slice() : claims.total;
  if (!claims.open(job, table)) return step();
  const opened: MachineId[] = [];
  if (isOffer) {
    for (let d = 0; d < before.length; d++) offered.count(framework, d, before[d] - claims.total[d]);
    for (const { machine } of places) {
      if (table.open[machine] === 1 || !machines.isUp(machine)) continue;
      table.setOpen(machine, true);
      opened.push(machine);
    }
  }
  const lent = isOffer ? claims.total.slice() : claims.total;
  try {
    return step();
  } finally {
    const isWaiting = ({ task }: ClaimedPlace) =>
      tasks.state[task] === TaskState.pending && tasks.job[task] === job;
    claims.close(job, table, isWaiting, true);
    if (!isOffer) for (const { machine } of places) claims.fill(machine, table);
    else for (let d = 0; d < lent.length; d++) offered.count(framework, d, lent[d] - claims.total[d]);
    giveBackOpened(cluster, table, framework, opened);
  }
}

/** Claims room for tasks of a job: first what is free in the table of its scheduler, then what is free in the ledger. */
export function claimRoom(
  cluster: ClaimingLedger,
  table: FreeTable,
  job: JobId,
  places: readonly ClaimedPlace[],
): void {
  const { claims, offered, jobs } = cluster;
  const framework = jobs.framework[job];
  const before = claims.total.slice();
  claims.add(job, places, table);
  if (table !== cluster.free && table === offered.of(framework))
    for (let d = 0; d < before.length; d++) offered.count(framework, d, before[d] - claims.total[d]);
  if (table !== cluster.free && cluster.claimsFillFrom === 'free')
    for (const { machine } of places) claims.fill(machine, cluster.free);
}

/** Gives what the framework was offered on the machine to its claims first. */
export function claimOffer(cluster: ClaimingLedger, framework: number, machine: MachineId): void {
  const { claims, offered } = cluster;
  const before = claims.total.slice();
  claims.fill(machine, offered.of(framework));
  for (let d = 0; d < before.length; d++) offered.count(framework, d, before[d] - claims.total[d]);
}

/** A pending task of the job has ended. Its claim keeps room for the others only. */
export function leaveClaim(cluster: ClaimingLedger, job: JobId): void {
  if (!cluster.claims.has(job)) return;
  withClaim(cluster, cluster.free, job, () => undefined);
  cluster.claims.changed(job);
}

/** Room of a claim that is left on machines without an offer goes to the ledger. */
function giveBackOpened(
  cluster: ClaimingLedger,
  table: FreeTable,
  framework: number,
  opened: readonly MachineId[],
): void {
  for (const machine of opened) {
    if (table.isEmpty(machine)) table.setOpen(machine, false);
    else cluster.returnOffer(framework, machine);
  }
}
