import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { KillTimer } from '../../src/live/agent/kill-timer.js';
import { fromSeconds } from '../../src/model/index.js';
import { closeAll, closing, startAgent, startMaster } from './live-cluster.js';
import { ManualClock } from './manual-clock.js';
import { type Event, SchedulerClient, taskInfo } from './scheduler-client.js';

afterEach(closeAll);

async function clientWithOffer(): Promise<{ client: SchedulerClient; offer: Event }> {
  const master = await startMaster();
  await startAgent(master.url);
  const client = new SchedulerClient(master.url);
  closing(client, () => client.close());
  await client.subscribe({ checkpoint: true, failover_timeout: 60 });
  return { client, offer: await client.offer() };
}

async function launch(client: SchedulerClient, offer: Event, tasks: readonly Event[]): Promise<void> {
  const operations = [{ type: 'LAUNCH', launch: { task_infos: tasks } }];
  await client.call('ACCEPT', { accept: { offer_ids: [offer.id], operations } });
}

const SOON = { delay_seconds: 0, interval_seconds: 0.05, timeout_seconds: 5 };

function status(client: SchedulerClient, taskId: string, passes: (status: Event) => boolean): Promise<Event> {
  return client
    .next(
      ({ type, update }) =>
        type === 'UPDATE' && update.status.task_id.value === taskId && passes(update.status),
    )
    .then(({ update }) => update.status);
}

/** A server whose answer a test changes. */
async function answering(code: { now: number }): Promise<number> {
  const server = createServer((_, response) => response.writeHead(code.now).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing(server, () => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('a health check', () => {
  it('by a command tells once of health, then of each failure, and ends the task after so many', async () => {
    const { client, offer } = await clientWithOffer();
    const health_check = {
      ...{ ...SOON, type: 'COMMAND', command: { value: 'test -e well' } },
      ...{ grace_period_seconds: 0, consecutive_failures: 3 },
    };
    const task = taskInfo('t1', offer, 'touch well; sleep 0.5; rm well; sleep 1000');
    // It is well only once its command has begun: failures before that are of the grace period.
    await launch(client, offer, [{ ...task, health_check: { ...health_check, grace_period_seconds: 60 } }]);
    const well = await status(client, 't1', ({ healthy }) => healthy === true);
    expect([well.state, well.reason]).toEqual(['TASK_RUNNING', 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED']);
    for (let failure = 0; failure < 3; failure++)
      await status(client, 't1', ({ healthy, state }) => healthy === false && state === 'TASK_RUNNING');
    const end = await status(client, 't1', ({ state }) => state === 'TASK_KILLED');
    expect(end.healthy).toBe(false);
  });

  it('over HTTP takes 200 to 399 for well, and one over TCP an open port', async () => {
    const { client, offer } = await clientWithOffer();
    const code = { now: 399 };
    const port = await answering(code);
    const http = { ...SOON, type: 'HTTP', http: { port, path: '/' }, consecutive_failures: 1 };
    const tcp = { ...SOON, type: 'TCP', tcp: { port } };
    await launch(client, offer, [
      { ...taskInfo('web', offer, 'sleep 1000'), health_check: http },
      { ...taskInfo('open', offer, 'sleep 1000'), health_check: tcp },
    ]);
    await status(client, 'web', ({ healthy }) => healthy === true);
    await status(client, 'open', ({ healthy }) => healthy === true);
    code.now = 400;
    await status(client, 'web', ({ healthy, state }) => healthy === false && state === 'TASK_KILLED');
  });

  it('that does not answer in time has failed', async () => {
    const { client, offer } = await clientWithOffer();
    const health_check = {
      ...{ ...SOON, type: 'COMMAND', command: { value: 'sleep 1000' } },
      ...{ timeout_seconds: 0.1, grace_period_seconds: 0, consecutive_failures: 1 },
    };
    await launch(client, offer, [{ ...taskInfo('t1', offer, 'sleep 1000'), health_check }]);
    await status(client, 't1', ({ healthy, state }) => healthy === false && state === 'TASK_KILLED');
  });

  it('that asks nothing is refused with the task', async () => {
    const { client, offer } = await clientWithOffer();
    const health_check = { type: 'HTTP', http: { port: 70_000 } };
    await launch(client, offer, [{ ...taskInfo('t1', offer, 'true'), health_check }]);
    const { message } = await client.update('t1', 'TASK_ERROR');
    expect(message).toBe('Task uses an invalid check: HealthCheck expects a port from 1 to 65535');
  });
});

describe('a check', () => {
  it('tells of each result that differs, and ends nothing', async () => {
    const { client, offer } = await clientWithOffer();
    const check = { ...SOON, type: 'COMMAND', command: { command: { value: 'exit $(cat code)' } } };
    await launch(client, offer, [
      { ...taskInfo('t1', offer, 'echo 3 > code; sleep 0.5; echo 0 > code; sleep 1000'), check },
    ]);
    const started = await client.update('t1', 'TASK_STARTING');
    expect(started.check_status).toEqual({ type: 'COMMAND', command: {} });
    for (const exit_code of [3, 0]) {
      const told = await status(
        client,
        't1',
        ({ check_status }) => check_status.command.exit_code === exit_code,
      );
      expect([told.state, told.reason]).toEqual(['TASK_RUNNING', 'REASON_TASK_CHECK_STATUS_UPDATED']);
    }
  });
});

describe('a task', () => {
  it('that runs longer than its maximum completion time fails', async () => {
    const { client, offer } = await clientWithOffer();
    const max_completion_time = { nanoseconds: 3e8 };
    await launch(client, offer, [{ ...taskInfo('t1', offer, 'sleep 1000'), max_completion_time }]);
    const { reason } = await client.follow('t1', 'TASK_RUNNING', 'TASK_FAILED');
    expect(reason).toBe('REASON_MAX_COMPLETION_TIME_REACHED');
  });

  it('that is killed again may get less grace than at first, and never more', () => {
    const clock = new ManualClock();
    const signals: string[] = [];
    const timer = new KillTimer(clock, (name) => signals.push(`${name} at ${clock.now() / 1e6}`));
    timer.kill(fromSeconds(10));
    clock.advance(fromSeconds(2));
    timer.kill(fromSeconds(60));
    timer.kill(fromSeconds(5));
    clock.advance(fromSeconds(60));
    expect(signals).toEqual(['SIGTERM at 0', 'SIGKILL at 5']);
  });
});
