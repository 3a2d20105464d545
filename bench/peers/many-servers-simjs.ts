import { createRequire } from 'node:module';
import { drawCustomers } from '../many-servers.js';
import { cpuSeconds } from '../turns.js';

/** The part of simjs that is used. The package has no types. */
interface SimJs {
  readonly Sim: new () => {
    addEntity(kind: new () => Entity): void;
    simulate(end: number): boolean;
  };
  readonly Entity: new () => Entity;
  readonly Facility: new (name: string, discipline: number, servers: number) => object;
}

interface Entity {
  time(): number;
  setTimer(delay: number): Request;
  useFacility(facility: object, duration: number): Request;
}

interface Request {
  done(step: () => void): void;
}

/** First come, first served. */
const FCFS = 0;
const SERVERS = 10;

/**
 * M/M/10 in simjs: the same customers as bench/many-servers.ts, which arrive one after another at a facility.
 *
 * Usage: many-servers-simjs.ts CUSTOMERS. Prints `CPU-SECONDS MEAN-WAIT`, both in seconds. CPU-SECONDS excludes the generation of
 * customers.
 */
function meanWait({ Sim, Entity, Facility }: SimJs, arrival: Float64Array, duration: Float64Array): number {
  const servers = new Facility('servers', FCFS, SERVERS);
  let waited = 0;
  class Customers extends Entity {
    private next = 0;

    start(): void {
      this.awaitNext();
    }

    private awaitNext(): void {
      if (this.next === arrival.length) return;
      this.setTimer(arrival[this.next] / 1e6 - this.time()).done(() => this.arrives(this.next++));
    }

    private arrives(customer: number): void {
      const service = duration[customer] / 1e6;
      const arrived = this.time();
      this.useFacility(servers, service).done(() => {
        waited += this.time() - service - arrived;
      });
      this.awaitNext();
    }
  }
  const simulation = new Sim();
  simulation.addEntity(Customers);
  simulation.simulate(Number.POSITIVE_INFINITY);
  return waited / arrival.length;
}

// The package exports nothing, but sets `window.Sim` when there is a window.
const page: { Sim?: SimJs } = {};
Object.assign(globalThis, { window: page });
createRequire(import.meta.url)('simjs');
const simjs = page.Sim;
if (simjs === undefined) throw new Error('simjs did not load');
const { arrival, duration } = drawCustomers(Number(process.argv[2]));
let wait = Number.NaN;
const seconds = await cpuSeconds(() => {
  wait = meanWait(simjs, arrival, duration);
});
console.log(seconds, wait);
