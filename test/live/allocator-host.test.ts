import { describe, expect, it } from 'vitest';
import { AllocatorHost } from '../../src/live/allocation/allocator-host.js';
import { InputError, MACHINE_CAPABILITIES, type Parcels } from '../../src/model/index.js';
import { lotteryAllocator } from '../../src/policies/allocators/lottery.js';
import { namedSilosAllocator } from '../../src/policies/allocators/silos.js';
import type { Allocator, OfferVerdict } from '../../src/policies/contract.js';
import { parcelsOf, parseResources } from '../../src/studies/mesos/resource-text.js';

const NAMES = ['cpus', 'mem'];
const parcels = (text: string): Parcels => parcelsOf(parseResources(text), NAMES);

function hostOf(allocator: Allocator, interval = 1): AllocatorHost {
  return new AllocatorHost({ names: NAMES, allocator: () => allocator, interval, random: () => 0.5 });
}

function join(host: AllocatorHost, id: string, title: string, suppressed: readonly string[] = []): void {
  host.addFramework(id, { title, roles: ['*'], suppressed, capabilities: new Set(), minimums: {} });
}

function addAgent(host: AllocatorHost, name: string, total = 'cpus:2;mem:100'): void {
  host.addAgent(name, {
    total: parcels(total),
    capabilities: new Set(MACHINE_CAPABILITIES),
    region: 'local',
  });
  host.allocateAgent(name);
}

const offers = (host: AllocatorHost) =>
  host
    .collectOffers()
    .map(({ framework, agent }) => `${framework} ${agent}`)
    .sort();

describe('silos in a master', () => {
  it('offer the machines of a name to the frameworks of this name, whenever either joins', () => {
    const host = hostOf(namedSilosAllocator('web:2,batch:1'), 0);
    addAgent(host, 'a1');
    join(host, 'f1', 'batch');
    expect(offers(host)).toEqual([]);
    addAgent(host, 'a2');
    join(host, 'f2', 'web');
    expect(offers(host)).toEqual(['f2 a1', 'f2 a2']);
    for (const agent of ['a3', 'a4']) addAgent(host, agent);
    join(host, 'f3', 'web');
    expect(offers(host)).toEqual(['f1 a3']);
  });

  it('give the place of a machine that left to the next that joins', () => {
    const host = hostOf(namedSilosAllocator('web:1,batch:1'), 0);
    for (const [id, title] of [
      ['f1', 'web'],
      ['f2', 'batch'],
    ] as const)
      join(host, id, title);
    for (const agent of ['a1', 'a2']) addAgent(host, agent);
    expect(offers(host)).toEqual(['f1 a1', 'f2 a2']);
    host.removeAgent('a1');
    addAgent(host, 'a3');
    expect(offers(host)).toEqual(['f1 a3']);
  });

  it('offer freed resources at once, without an interval', () => {
    const host = hostOf(namedSilosAllocator('web:1'), 0);
    addAgent(host, 'a1');
    join(host, 'f1', 'web');
    host.collectOffers();
    host.recover('f1', '*', 'a1', parcels('cpus:1;mem:100'), undefined);
    expect(offers(host)).toEqual(['f1 a1']);
    // A decline without a filter waits for the next batch.
    host.recover('f1', '*', 'a1', parcels('cpus:1;mem:100'), 0);
    expect(offers(host)).toEqual([]);
    host.batch(1);
    expect(offers(host)).toEqual(['f1 a1']);
  });
});

describe('a lottery in a master', () => {
  it('draws by the weights that the operator sets for roles', () => {
    const host = new AllocatorHost({
      names: NAMES,
      allocator: () => lotteryAllocator,
      interval: 1,
      random: () => 0.5,
    });
    for (const role of ['eng', 'ops'])
      host.addFramework(role, { roles: [role], suppressed: [], capabilities: new Set(), minimums: {} });
    addAgent(host, 'a1');
    expect(offers(host)).toEqual(['ops a1']);
    host.setWeight('eng', 2);
    addAgent(host, 'a2');
    expect(offers(host)).toEqual(['eng a2']);
  });
});

describe('the host of an allocator', () => {
  it('keeps the offers of an allocator from a file that throws, and calls it again', () => {
    const failures: string[] = [];
    const host = new AllocatorHost({
      names: NAMES,
      allocator: () => ({
        name: 'throws',
        allocate(view, sink) {
          if (view.candidateCount > 0) sink.offer(0, view.candidate(0));
          throw new InputError({ file: 'mine.ts', line: 7 }, 'no luck');
        },
      }),
      interval: 1,
      random: () => 0.5,
      failed: ({ message }) => failures.push(message),
    });
    join(host, 'f1', 'web');
    addAgent(host, 'a1');
    host.batch(1e6);
    expect(offers(host)).toEqual(['f1 a1']);
    expect(failures).toEqual(Array(3).fill('mine.ts:7: no luck'));
  });

  /** Its verdicts on offers to each framework id of each machine id. */
  function verdicts(
    prepare: (host: AllocatorHost) => void,
    offer: Parameters<Allocator['allocate']>[1]['offer'] extends (...args: infer A) => unknown ? A : never,
  ): OfferVerdict {
    let verdict: OfferVerdict | undefined;
    const host = hostOf({
      name: 'one offer',
      allocate: (_, sink) => {
        verdict = sink.offer(...offer);
      },
    });
    prepare(host);
    host.collectOffers();
    host.batch(1e6);
    return verdict as OfferVerdict;
  }

  const usual = (host: AllocatorHost) => {
    host.pause();
    addAgent(host, 'a1', 'cpus:2;mem:100;cpus(ads):3');
    addAgent(host, 'a2');
    join(host, 'f1', 'web');
    join(host, 'f2', 'quiet', ['*']);
    host.setAgentActive('a2', false);
    host.resume();
  };
  const portion = (amounts: readonly number[], more: Parcels = []) => ({ amounts, parcels: more });

  it.each([
    ['done', [0, 0]],
    ['unknown-framework', [2, 0]],
    ['unknown-machine', [0, 7]],
    ['machine-not-up', [0, 1]],
    ['not-wanted', [1, 0]],
    ['nothing-free', [0, 0, portion([0, 0])]],
    ['not-free', [0, 0, portion([3e6, 0])]],
    ['not-free', [0, 0, portion([0, 0], parcels('cpus(ads):3'))]],
  ] as const)('answers %s to the offer %j', (verdict, offer) => {
    expect(verdicts(usual, offer as never)).toBe(verdict);
  });
});
