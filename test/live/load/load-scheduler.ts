import type { Agent as Connections } from 'node:http';
import { type CalledEndpoint, callOn, openEvents } from '../event-connection.js';
import type { Event } from '../scheduler-client.js';

/** Measurements over all schedulers of a run. */
export interface LoadFigures {
  /** Times from ACCEPT to TASK_RUNNING, milliseconds, by task in order of starts. */
  readonly startDelays: number[];
  finished: number;
  /** Number of tasks that did not finish, by final state. */
  readonly otherwise: Map<string, number>;
}

/** Settings of one scheduler. */
export interface LoadOrder {
  readonly name: string;
  readonly tasks: number;
  readonly command: string;
  readonly cpus: number;
  readonly memMib: number;
}

/** A scheduler that launches its tasks as fast as offers arrive, acknowledges all statuses and then suppresses offers. */
export class LoadScheduler {
  private readonly endpoint: CalledEndpoint;
  private readonly connections: Connections;
  private readonly order: LoadOrder;
  private readonly figures: LoadFigures;
  private readonly acceptedAt = new Map<string, number>();
  private frameworkId = '';
  private streamId = '';
  private launched = 0;
  private ended = 0;
  private done: () => void = () => undefined;

  constructor(endpoint: CalledEndpoint, connections: Connections, order: LoadOrder, figures: LoadFigures) {
    this.endpoint = endpoint;
    this.connections = connections;
    this.order = order;
    this.figures = figures;
  }

  /** Resolves when all its tasks have ended. */
  run(): Promise<void> {
    const framework_info = { user: 'load', name: this.order.name, checkpoint: true, failover_timeout: 60 };
    return new Promise((resolve, reject) => {
      this.done = resolve;
      openEvents(
        this.endpoint,
        { type: 'SUBSCRIBE', subscribe: { framework_info } },
        {
          event: (event, streamId) => {
            this.streamId = streamId;
            this.receive(event);
          },
          closed: () => reject(new Error(`${this.order.name} lost its master`)),
        },
      );
    });
  }

  private receive(event: Event): void {
    if (event.type === 'SUBSCRIBED') this.frameworkId = event.subscribed.framework_id.value;
    else if (event.type === 'OFFERS') for (const offer of event.offers.offers) this.use(offer);
    else if (event.type === 'UPDATE') this.update(event.update.status);
  }

  private use(offer: Event): void {
    const offer_ids = [offer.id];
    const { tasks, name, command, cpus, memMib } = this.order;
    const room = Math.min(amountOf(offer, 'cpus') / cpus, amountOf(offer, 'mem') / memMib);
    const count = Math.min(tasks - this.launched, Math.floor(room + 1e-9));
    if (count === 0) {
      this.call('DECLINE', { decline: { offer_ids } });
      return;
    }
    const task_infos = Array.from({ length: count }, () => {
      const id = `${name}-${this.launched++}`;
      this.acceptedAt.set(id, performance.now());
      const resources = [
        { name: 'cpus', type: 'SCALAR', scalar: { value: cpus } },
        { name: 'mem', type: 'SCALAR', scalar: { value: memMib } },
      ];
      return {
        ...{ name: id, task_id: { value: id }, agent_id: offer.agent_id },
        ...{ command: { value: command }, resources },
      };
    });
    const operations = [{ type: 'LAUNCH', launch: { task_infos } }];
    this.call('ACCEPT', { accept: { offer_ids, operations } });
    if (this.launched === tasks) this.call('SUPPRESS', {});
  }

  private update({ task_id, agent_id, state, reason, message, uuid }: Event): void {
    if (uuid !== undefined) this.call('ACKNOWLEDGE', { acknowledge: { agent_id, task_id, uuid } });
    if (state === 'TASK_STARTING') return;
    if (state === 'TASK_RUNNING') {
      this.figures.startDelays.push(performance.now() - (this.acceptedAt.get(task_id.value) as number));
      return;
    }
    this.acceptedAt.delete(task_id.value);
    if (state === 'TASK_FINISHED') this.figures.finished++;
    else {
      const how = `${state} ${reason}: ${message}`;
      this.figures.otherwise.set(how, (this.figures.otherwise.get(how) ?? 0) + 1);
    }
    if (++this.ended === this.order.tasks) this.done();
  }

  private call(type: string, members: object): void {
    const body = { type, framework_id: { value: this.frameworkId }, ...members };
    callOn(this.endpoint, this.streamId, body, this.connections);
  }
}

function amountOf(offer: Event, name: string): number {
  return offer.resources
    .filter((resource: Event) => resource.name === name)
    .reduce((sum: number, { scalar }: Event) => sum + scalar.value, 0);
}
