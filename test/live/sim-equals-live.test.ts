import { afterEach, describe, expect, it } from 'vitest';
import { AllocatorHost, type MadeOffer } from '../../src/live/allocation/allocator-host.js';
import { LEDGER_NAMES, resourceMessages } from '../../src/live/wire/resources.js';
import {
  FOREVER,
  fromSeconds,
  MACHINE_CAPABILITIES,
  type Parcels,
  parcelsMinus,
  parcelsPlus,
  toSeconds,
} from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { ParameterValues } from '../../src/policies/index.js';
import { DRF_PARAMETERS, drfSettings } from '../../src/policies/presets/drf.js';
import { closeAll, startMaster } from './live-cluster.js';
import {
  type Entry,
  FRAMEWORKS,
  INTERVAL,
  MACHINES,
  offerText,
  recordSimulation,
  SPACE,
} from './recorded-simulation.js';
import { RemoteAgent } from './remote-agent.js';
import { type Event, SchedulerClient } from './scheduler-client.js';
import { VirtualClock } from './virtual-clock.js';

/** The default of Mesos. */
const REFUSE = fromSeconds(5);

const allocator = () => {
  const settings = drfSettings(new ParameterValues(DRF_PARAMETERS, {}));
  return (operator: object) => drfAllocator({ ...settings, ...operator });
};

function parcels(amounts: readonly number[]): Parcels {
  return amounts
    .map((amount, d) => ({
      dimension: LEDGER_NAMES.indexOf(SPACE.names[d] as string),
      amount,
      ranges: [],
      reservations: [],
      supply: 'regular' as const,
      form: 'divisible' as const,
    }))
    .filter(({ amount }) => amount > 0);
}

const expectedOf = (log: readonly Entry[]) =>
  log.flatMap((entry) => (entry.what === 'allocation' ? [entry.offers] : []));

/** Sends the recorded events to the master's host of the allocator. @returns its offers at each allocation. */
function replayed(log: readonly Entry[], refuse: number): string[][] {
  const host = new AllocatorHost({
    names: LEDGER_NAMES,
    allocator: allocator(),
    interval: toSeconds(INTERVAL),
    random: () => 0.5,
  });
  for (const name of FRAMEWORKS)
    host.addFramework(name, { roles: [name], suppressed: [name], capabilities: new Set(), minimums: {} });
  for (const { name, capacity } of MACHINES)
    host.addAgent(name, {
      total: parcels(capacity),
      capabilities: new Set(MACHINE_CAPABILITIES),
      region: 'local',
    });
  const pending = FRAMEWORKS.map(() => 0);
  const out = new Map<string, Parcels>();
  const decided: string[][] = [];
  let revived: string | undefined;
  for (const entry of log) {
    host.now = entry.at;
    if (entry.what === 'allocation') {
      if (revived === undefined) host.batch(entry.at);
      else host.revive(revived, []);
      revived = undefined;
      decided.push(host.collectOffers().map((offer) => noted(offer, out)));
      continue;
    }
    const name = FRAMEWORKS[entry.framework] as string;
    if (entry.what === 'arrival') {
      if (pending[entry.framework]++ === 0) revived = name;
      continue;
    }
    const agent = MACHINES[entry.machine]?.name as string;
    const key = `${name} ${agent}`;
    const left = out.get(key) ?? [];
    if (entry.what === 'start') {
      out.set(key, parcelsMinus(left, parcels(entry.amounts)));
      if (--pending[entry.framework] === 0) host.suppress(name, []);
    } else if (entry.what === 'end') host.recover(name, name, agent, parcels(entry.amounts), undefined);
    else {
      host.recover(name, name, agent, left, refuse);
      out.delete(key);
    }
  }
  return decided;
}

function noted({ framework, agent, parcels: made }: MadeOffer, out: Map<string, Parcels>): string {
  const key = `${framework} ${agent}`;
  out.set(key, parcelsPlus(out.get(key) ?? [], made));
  const amounts = SPACE.names.map(
    (name) => made.find(({ dimension }) => LEDGER_NAMES[dimension] === name)?.amount ?? 0,
  );
  return offerText(
    FRAMEWORKS.indexOf(framework),
    MACHINES.findIndex(({ name }) => name === agent),
    amounts,
  );
}

describe('the allocator of the master', () => {
  it.each([
    ['no refusals', 0],
    ['the default refusal', REFUSE],
  ])(
    'offers what the simulator offers, when the same happens in the same order: with %s',
    async (_, refuse) => {
      let compared = 0;
      for (const seed of ['1', '2', '3']) {
        const log = await recordSimulation(seed, { refuse });
        const expected = expectedOf(log);
        expect(replayed(log, refuse)).toEqual(expected);
        compared += expected.flat().length;
      }
      expect(compared).toBeGreaterThan(500);
    },
  );
});

/** A master over HTTP on a clock of its own, its agents and frameworks, which do what a simulation recorded. */
class RemoteRun {
  private readonly clock: VirtualClock;
  private readonly clients: SchedulerClient[] = [];
  private readonly agents: RemoteAgent[] = [];
  private readonly pending = FRAMEWORKS.map(() => 0);
  /** Outstanding offers by framework and machine, and the tasks to launch on each. */
  private readonly offers = new Map<string, { readonly offer: Event; readonly tasks: Event[] }>();
  /** Live task ids; ids of the simulation are reused. */
  private readonly tasks = new Map<number, string>();
  private launched = 0;
  private readonly outstanding: () => Iterable<string>;

  private constructor(clock: VirtualClock, outstanding: () => Iterable<string>) {
    this.clock = clock;
    this.outstanding = outstanding;
  }

  static async start(): Promise<RemoteRun> {
    const clock = new VirtualClock(0);
    const { url, master } = await startMaster({
      clock,
      allocator: allocator(),
      flags: { allocationInterval: INTERVAL, agentPingTimeout: FOREVER, heartbeatInterval: FOREVER },
    });
    const run = new RemoteRun(clock, () => master.state.offers.keys());
    for (const { name, capacity } of MACHINES)
      run.agents.push(await RemoteAgent.join(url, name, resourceMessages(parcels(capacity))));
    for (const name of FRAMEWORKS)
      run.clients.push(
        await new SchedulerClient(url).subscribe({ name, role: name }, { suppressed_roles: [name] }),
      );
    return run;
  }

  /** @returns the offers at each allocation. */
  async perform(log: readonly Entry[]): Promise<string[][]> {
    const decided: string[][] = [];
    for (const entry of log) {
      if (entry.at > this.clock.now()) await this.clock.advance(entry.at - this.clock.now());
      if (entry.what === 'allocation') decided.push(await this.collect());
      else if (entry.what === 'arrival') await this.arrived(entry.framework);
      else if (entry.what === 'start') await this.started(entry);
      else if (entry.what === 'end')
        await this.agents[entry.machine]?.finish(this.tasks.get(entry.task) as string);
      else await this.answered(entry.framework, entry.machine);
    }
    return decided;
  }

  /** All offers that the master has made since the last call, sorted: their order is not in the messages. */
  private async collect(): Promise<string[]> {
    const known = new Set([...this.offers.values()].map(({ offer }) => offer.id.value));
    const fresh = [...this.outstanding()].filter((id) => !known.has(id));
    const found: Event[] = [];
    while (found.length < fresh.length) {
      for (const client of this.clients)
        while (client.events.some(({ type }) => type === 'OFFERS')) found.push(await client.offer());
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return found.map((offer) => this.note(offer)).sort();
  }

  private note(offer: Event): string {
    const framework = this.clients.findIndex(({ frameworkId }) => frameworkId === offer.framework_id.value);
    const machine = MACHINES.findIndex(({ name }) => name === offer.hostname);
    this.offers.set(`${framework} ${machine}`, { offer, tasks: [] });
    const units = Object.fromEntries(
      offer.resources.map(({ name, scalar }: Event) => [name, scalar.value] as const),
    );
    return offerText(framework, machine, SPACE.quanta(units));
  }

  private async arrived(framework: number): Promise<void> {
    if (this.pending[framework]++ === 0) await this.clients[framework]?.call('REVIVE');
  }

  private async started({ task, framework, machine, amounts }: Extract<Entry, { task: number }>) {
    const held = this.offers.get(`${framework} ${machine}`);
    const id = `t${this.launched++}`;
    this.tasks.set(task, id);
    held?.tasks.push({
      name: id,
      task_id: { value: id },
      agent_id: held.offer.agent_id,
      command: { value: 'true' },
      resources: resourceMessages(parcels(amounts)),
    });
    if (--this.pending[framework] === 0) await this.clients[framework]?.call('SUPPRESS');
  }

  /** Launches its tasks with the default filters, or declines the offer with them. */
  private async answered(framework: number, machine: number): Promise<void> {
    const key = `${framework} ${machine}`;
    const { offer, tasks } = this.offers.get(key) as { offer: Event; tasks: Event[] };
    this.offers.delete(key);
    const offer_ids = [offer.id];
    const operations = [{ type: 'LAUNCH', launch: { task_infos: tasks } }];
    const client = this.clients[framework] as SchedulerClient;
    const { status } =
      tasks.length === 0
        ? await client.call('DECLINE', { decline: { offer_ids } })
        : await client.call('ACCEPT', { accept: { offer_ids, operations } });
    expect(status).toBe(202);
  }

  close(): void {
    for (const client of [...this.clients, ...this.agents]) client.close();
  }
}

describe('the master over HTTP', () => {
  afterEach(closeAll);

  it('offers what the simulator offers, with its default filters', { timeout: 120_000 }, async () => {
    const log = await recordSimulation('http', { refuse: REFUSE });
    const run = await RemoteRun.start();
    const decided = await run.perform(log);
    run.close();
    const expected = expectedOf(log);
    expect(decided).toEqual(expected.map((offers) => [...offers].sort()));
    expect(expected.flat().length).toBeGreaterThan(400);
  });
});
