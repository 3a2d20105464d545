import { randomBytes } from 'node:crypto';
import type { Agent as Connections } from 'node:http';
import { type CalledEndpoint, callOn, openEvents } from '../event-connection.js';
import type { Event } from '../scheduler-client.js';

const LIFE = ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'];

/** The agent side of the protocol without processes. A task enters its next state when the previous one is acknowledged. */
export class EmulatedAgent {
  private readonly endpoint: CalledEndpoint;
  private readonly connections: Connections;
  private id = '';
  private streamId = '';

  constructor(endpoint: CalledEndpoint, connections: Connections) {
    this.endpoint = endpoint;
    this.connections = connections;
  }

  /** Resolves when it is registered. */
  subscribe(hostname: string, resources: readonly object[]): Promise<void> {
    const registration = {
      ...{ type: 'SUBSCRIBE', hostname, attributes: [], ip: '127.0.0.1', port: 0 },
      ...{ configured: resources, resources, frameworks: [], tasks: [] },
    };
    return new Promise((resolve, reject) => {
      openEvents(this.endpoint, registration, {
        event: (event, streamId) => {
          this.streamId = streamId;
          if (event.type === 'SUBSCRIBED') {
            this.id = event.agent_id;
            resolve();
          } else this.receive(event);
        },
        closed: () => reject(new Error(`${hostname} lost its master`)),
      });
    });
  }

  private receive(event: Event): void {
    if (event.type === 'PING') this.call({ type: 'PONG', agent_id: this.id });
    else if (event.type === 'LAUNCH')
      for (const { info } of event.tasks) this.say(event.framework.id, info.task_id.value, 0);
    else if (event.type === 'ACKNOWLEDGE') {
      const next = (Buffer.from(event.uuid, 'base64')[0] as number) + 1;
      if (next < LIFE.length) this.say(event.framework_id.value, event.task_id.value, next);
    }
  }

  /** The first byte of the status id encodes the state of the task, so that no memory per task is needed. */
  private say(frameworkId: string, taskId: string, place: number): void {
    const state = LIFE[place] as string;
    const uuid = Buffer.concat([Buffer.of(place), randomBytes(15)]).toString('base64');
    const status = { task_id: { value: taskId }, agent_id: { value: this.id }, state, uuid };
    this.call({
      ...{ type: 'UPDATE', agent_id: this.id, framework_id: frameworkId },
      ...{ status, latest_state: state },
    });
  }

  private call(body: object): void {
    callOn(this.endpoint, this.streamId, body, this.connections);
  }
}
