import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AllocatorHost, type MadeOffer } from '../../src/live/allocation/allocator-host.js';
import {
  FRAMEWORK_CAPABILITIES,
  isChargeable,
  isWithin,
  MACHINE_CAPABILITIES,
  ownerOf,
  type Parcels,
  parcelsContain,
  parcelsPlus,
} from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { parcelsOf, parseResources } from '../../src/studies/mesos/resource-text.js';

const NAMES = ['cpus', 'mem', 'disk'];
const ROLES = ['q', 'n', 'n/x', 'm'];
const SECOND = 1_000_000;

const parcels = (text: string): Parcels => parcelsOf(parseResources(text), NAMES);
const QUOTA_CPUS = 7;
const LIMIT = { cpus: QUOTA_CPUS * 1e6, mem: 700e6 };

/** Agents of every kind; those of one index differ in nothing. */
const SHAPES = [
  'cpus:2;mem:200',
  'cpus:3;mem:100;disk:50;disk{mount}:100',
  'cpus:1;mem:100;cpus(q):2;mem(q):100',
  'cpus(n):2;mem(n):100;cpus(n/x):1;mem(n/x):50',
  'cpus:1;mem:100;cpus{rev}:3',
];

interface Story {
  readonly agents: readonly number[];
  readonly frameworks: readonly number[];
  /** Which of the offers so far comes back, and for how long it is refused. */
  readonly answers: readonly { readonly offer: number; readonly refuse: number }[];
  readonly hasQuota: boolean;
  readonly seed: number;
}

const story: fc.Arbitrary<Story> = fc.record({
  agents: fc.array(fc.nat(SHAPES.length - 1), { minLength: 1, maxLength: 6 }),
  frameworks: fc.array(fc.nat(ROLES.length - 1), { minLength: 1, maxLength: 5 }),
  answers: fc.array(fc.record({ offer: fc.nat(30), refuse: fc.nat(3) }), { maxLength: 12 }),
  hasQuota: fc.boolean(),
  seed: fc.nat(1000),
});

/** Lives through a story and looks at the offers after each allocation. */
function live(
  told: Story,
  look: (offers: readonly MadeOffer[], out: readonly MadeOffer[], joined: readonly number[]) => void,
): void {
  const host = new AllocatorHost({
    names: NAMES,
    interval: 1,
    random: new RandomStreams(told.seed).stream('agents'),
    allocator: (operator) =>
      drfAllocator({ ...operator, machineOrder: 'random', minimum: [{ cpus: 10_000 }, { mem: 32e6 }] }),
  });
  if (told.hasQuota) host.setQuota('q', { guarantee: { cpus: 2e6, mem: 200e6 }, limit: LIMIT });
  let out: MadeOffer[] = [];
  let joined = 0;
  const collect = () => {
    const offers = host.collectOffers();
    out.push(...offers);
    look(offers, out, told.agents.slice(0, joined));
  };
  told.agents.forEach((shape, i) => {
    joined++;
    host.addAgent(`a${i}`, {
      total: parcels(SHAPES[shape] as string),
      capabilities: new Set(MACHINE_CAPABILITIES),
      region: 'local',
    });
    host.allocateAgent(`a${i}`);
    const role = told.frameworks[i];
    if (role !== undefined) {
      const roles = [ROLES[role] as string];
      host.addFramework(`f${i}`, {
        roles,
        suppressed: [],
        capabilities: new Set(FRAMEWORK_CAPABILITIES),
        minimums: {},
      });
    }
    collect();
  });
  for (const { offer, refuse } of told.answers) {
    const answered = out[offer % Math.max(1, out.length)];
    if (answered !== undefined) {
      out = out.filter((other) => other !== answered);
      const { framework, role, agent } = answered;
      host.recover(framework, role, agent, answered.parcels, refuse * SECOND);
    }
    host.advance(SECOND);
    collect();
  }
}

/** What role q was offered of a resource that counts against its quota, reservations left out. */
function charged(offers: readonly MadeOffer[], dimension: number): number {
  const inRole = sumOf(offers.filter(({ role }) => role === 'q'));
  const counted = inRole.filter((parcel) => isChargeable(parcel) && parcel.dimension === dimension);
  return counted.reduce((sum, { amount }) => sum + amount, 0);
}

const sumOf = (offers: readonly { readonly parcels: Parcels }[]): Parcels =>
  offers.reduce<Parcels>((sum, offer) => parcelsPlus(sum, offer.parcels), []);

describe('whatever happens', () => {
  test('no more of an agent is out than it has', () => {
    fc.assert(
      fc.property(story, (told) => {
        live(told, (_, out) => {
          told.agents.forEach((shape, i) => {
            const held = sumOf(out.filter(({ agent }) => agent === `a${i}`));
            expect(parcelsContain(parcels(SHAPES[shape] as string), held)).toBe(true);
          });
        });
      }),
    );
  });

  test('no offer takes a role beyond its limit, all reservations of the role included', () => {
    fc.assert(
      fc.property(story, (told) => {
        live({ ...told, hasQuota: true }, (offers, out, joined) => {
          for (const [dimension, limit] of [LIMIT.cpus, LIMIT.mem].entries()) {
            const reserved = sumOf(
              joined.map((shape) => ({ parcels: parcels(SHAPES[shape] as string) })),
            ).filter((parcel) => ownerOf(parcel) === 'q' && parcel.dimension === dimension);
            const before = reserved.reduce((sum, { amount }) => sum + amount, 0);
            if (charged(offers, dimension) > 0)
              expect(before + charged(out, dimension)).toBeLessThanOrEqual(limit);
          }
        });
      }),
    );
  });

  test('what is reserved goes to its role and those below it alone, and exclusive disks go whole', () => {
    fc.assert(
      fc.property(story, (told) => {
        live(told, (offers) => {
          for (const offer of offers) {
            for (const parcel of offer.parcels) {
              const owner = ownerOf(parcel);
              if (owner !== undefined) expect(isWithin(offer.role, owner)).toBe(true);
              if (parcel.form === 'exclusive') expect(parcel.amount).toBe(100e6);
            }
          }
        });
      }),
    );
  });

  test('an agent goes to one framework at a time where there is neither quota nor a reservation', () => {
    fc.assert(
      fc.property(story, (told) => {
        const plain = { ...told, agents: told.agents.map(() => 0), hasQuota: false };
        live(plain, (offers) => {
          const agents = offers.map(({ agent }) => agent);
          expect(new Set(agents).size).toBe(agents.length);
        });
      }),
    );
  });

  test('equal agents are shared out with at most one agent of difference between equal roles', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(100),
        (agents, roles, seed) => {
          const host = new AllocatorHost({
            names: NAMES,
            interval: 1,
            random: new RandomStreams(seed).stream('agents'),
            allocator: (operator) => drfAllocator({ ...operator, machineOrder: 'random' }),
          });
          for (let i = 0; i < agents; i++)
            host.addAgent(`a${i}`, {
              total: parcels('cpus:2;mem:200'),
              capabilities: new Set(MACHINE_CAPABILITIES),
              region: 'local',
            });
          for (let i = 0; i < roles; i++)
            host.addFramework(`f${i}`, {
              roles: [`r${i}`],
              suppressed: [],
              capabilities: new Set(),
              minimums: {},
            });
          host.returnAll();
          host.collectOffers();
          host.advance(SECOND);
          const counts = new Array<number>(roles).fill(0);
          for (const { framework } of host.collectOffers()) (counts[Number(framework.slice(1))] as number)++;
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          expect(counts.reduce((a, b) => a + b)).toBe(agents);
        },
      ),
    );
  });
});
