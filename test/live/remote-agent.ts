import { openEvents } from './event-connection.js';
import { type Event, send } from './scheduler-client.js';

/** The agent side of the protocol over HTTP, without processes. Its tasks end when the test says so. */
export class RemoteAgent {
  private readonly url: string;
  private readonly frameworkOf = new Map<string, string>();
  private id = '';
  private streamId = '';
  private disconnect: () => void = () => undefined;

  private constructor(url: string) {
    this.url = url;
  }

  /** Resolves when it is registered. */
  static join(url: string, hostname: string, resources: readonly object[]): Promise<RemoteAgent> {
    const agent = new RemoteAgent(url);
    const registration = {
      ...{ type: 'SUBSCRIBE', hostname, attributes: [], ip: '127.0.0.1', port: 0 },
      ...{ configured: resources, resources, frameworks: [], tasks: [] },
    };
    return new Promise((resolve, reject) => {
      const connection = openEvents({ url, path: '/api/v1/agent', authorization: '' }, registration, {
        event: (event, streamId) => {
          agent.streamId = streamId;
          if (event.type === 'SUBSCRIBED') {
            agent.id = event.agent_id;
            resolve(agent);
          } else agent.receive(event);
        },
        closed: () => reject(new Error(`${hostname} lost its master`)),
      });
      agent.disconnect = () => void connection.destroy();
    });
  }

  private receive(event: Event): void {
    if (event.type !== 'LAUNCH') return;
    for (const { info } of event.tasks) this.frameworkOf.set(info.task_id.value, event.framework.id);
  }

  /** Reports the end of a task, and waits until the master has read it. */
  async finish(task: string): Promise<void> {
    while (!this.frameworkOf.has(task)) await new Promise((resolve) => setTimeout(resolve, 1));
    const state = 'TASK_FINISHED';
    const status = { task_id: { value: task }, agent_id: { value: this.id }, state };
    const framework_id = this.frameworkOf.get(task);
    const call = { type: 'UPDATE', agent_id: this.id, framework_id, status, latest_state: state };
    const headers = { 'Content-Type': 'application/json', 'Mesos-Stream-Id': this.streamId };
    const answer = await send(this.url, '/api/v1/agent', JSON.stringify(call), headers);
    if (answer.status !== 202) throw new Error(`${answer.status} ${answer.text}`);
  }

  close(): void {
    this.disconnect();
  }
}
