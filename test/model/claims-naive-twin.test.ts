import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Cluster,
  claimRoom,
  imbalance,
  type MachineId,
  ResourceSpace,
  type TaskId,
} from '../../src/model/index.js';

const MACHINES = 3;
const CPUS = 8;

/** Claims of room by arrays: every amount is computed anew from the list of claims, in the order in which they were made. */
class NaiveClaims {
  readonly free = new Array<number>(MACHINES).fill(CPUS);
  claims: { job: number; task: TaskId; machine: MachineId; want: number; have: number }[] = [];

  fill(): void {
    for (const claim of this.claims) {
      const amount = Math.min(this.free[claim.machine] as number, claim.want - claim.have);
      claim.have += amount;
      (this.free[claim.machine] as number) -= amount;
    }
  }

  end(ends: (claim: NaiveClaims['claims'][number]) => boolean): void {
    for (const claim of this.claims.filter(ends)) (this.free[claim.machine] as number) += claim.have;
    this.claims = this.claims.filter((claim) => !ends(claim));
    this.fill();
  }
}

/** What happens: a kind, and numbers from which the task, its machine and its demand are chosen. */
const steps = fc.array(
  fc.tuple(fc.constantFrom('run', 'claim', 'end', 'start', 'forgo', 'lose'), fc.nat(), fc.nat()),
  {
    minLength: 20,
    maxLength: 80,
  },
);

test('claims equal a list of them that is filled from the oldest to the youngest after every change', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const space = new ResourceSpace(['cpus']);
      const cluster = new Cluster(space);
      const naive = new NaiveClaims();
      for (let m = 0; m < MACHINES; m++) cluster.addMachine({ name: `m${m}`, capacity: [CPUS] });
      const framework = cluster.addFramework({ name: 'a' });
      const running: { task: TaskId; machine: MachineId; cpus: number }[] = [];
      let now = 0;
      const newTask = (cpus: number) => {
        const job = cluster.addJob({ name: `j${now}`, framework, submitted: now, gang: false });
        const taskClass = cluster.classes.acquire({ demand: [cpus] });
        const request = { job, taskClass, estimate: 1, timeLimit: 9, priority: 0, submitted: now };
        return { job, taskClass, task: cluster.submit(request) };
      };
      for (const [kind, a, b] of sequence) {
        now++;
        const machine = a % MACHINES;
        const cpus = 1 + (b % 5);
        const claim = naive.claims[a % Math.max(1, naive.claims.length)];
        if (kind === 'run') {
          const { task } = newTask(cpus);
          const fits = cpus <= (naive.free[machine] as number);
          const refusal = cluster.tryStart(task, machine, now, cluster.free, 0);
          expect(refusal).toBe(fits ? undefined : 'does-not-fit');
          if (fits) running.push({ task, machine, cpus });
          else cluster.withdraw(task);
          if (fits) (naive.free[machine] as number) -= cpus;
        } else if (kind === 'claim') {
          const { job, taskClass, task } = newTask(cpus);
          claimRoom(cluster, cluster.free, job, [{ task, taskClass, machine, devices: 0 }]);
          naive.claims.push({ job, task, machine, want: cpus, have: 0 });
          naive.fill();
        } else if (kind === 'end') {
          const [gone] = running.splice(a % Math.max(1, running.length), 1);
          if (gone === undefined) continue;
          cluster.finish(gone.task);
          (naive.free[gone.machine] as number) += gone.cpus;
          naive.fill();
        } else if (claim === undefined) continue;
        else if (kind === 'forgo') {
          cluster.claims.end(claim.job, cluster.free);
          naive.end((one) => one === claim);
        } else if (kind === 'start') {
          // Its own claim counts as free for it, beside what no claim keeps.
          const fits = claim.have + (naive.free[claim.machine] as number) >= claim.want;
          const refusal = cluster.tryStart(claim.task, claim.machine, now, cluster.free, 0);
          expect(refusal).toBe(fits ? undefined : 'does-not-fit');
          if (!fits) continue;
          running.push({ task: claim.task, machine: claim.machine, cpus: claim.want });
          naive.claims = naive.claims.filter((one) => one !== claim);
          (naive.free[claim.machine] as number) += claim.have - claim.want;
          naive.fill();
        } else {
          cluster.setMachineState(machine, 'draining');
          naive.end((one) => one.machine === machine);
          cluster.setMachineState(machine, 'up');
        }
        expect(Array.from(cluster.free.free.subarray(0, MACHINES))).toEqual(naive.free);
        expect(cluster.claims.total[0]).toBe(naive.claims.reduce((sum, { have }) => sum + have, 0));
        expect(cluster.claims.size).toBe(naive.claims.length);
        expect(imbalance(cluster)).toBeUndefined();
      }
    }),
    { numRuns: 200 },
  );
});
