import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import recordio from '@dcos/recordio';
import { afterEach, describe, expect, it } from 'vitest';
import { authorizationOf, basicAuthenticator } from '../../src/live/http/credentials.js';
import { fromSeconds } from '../../src/model/index.js';
import { closeAll, closing, folder, startAgent, startMaster } from './live-cluster.js';
import type { Event } from './scheduler-client.js';

afterEach(closeAll);

const SCRIPT = fileURLToPath(new URL('mesos-framework-client.cjs', import.meta.url));
const CREDENTIAL = { principal: 'others', secret: 'their secret' };

/** A process with a scheduler on mesos-framework. */
class ForeignScheduler {
  readonly child: ChildProcess;
  private readonly events: Event[] = [];
  private stderr = '';
  private rest = '';

  constructor(port: number, authorization: string, command: string) {
    const cwd = folder('framework');
    // Its logger ends the process where there is no such folder.
    mkdirSync(join(cwd, 'logs'));
    this.child = spawn(process.execPath, ['--no-deprecation', SCRIPT, String(port), authorization, command], {
      cwd,
    });
    this.child.stdout?.on('data', (chunk) => this.read(String(chunk)));
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    closing(this, async () => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return;
      const exit = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exit;
    });
  }

  say(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  async next(passes: (event: Event) => boolean): Promise<Event> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const at = this.events.findIndex(passes);
      if (at >= 0) return this.events.splice(at, 1)[0].data;
      if (Date.now() > deadline || this.child.exitCode !== null)
        throw new Error(`timeout; events: ${JSON.stringify(this.events).slice(-1500)} ${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  update(state: string): Promise<Event> {
    return this.next(({ event, data }) => event === 'update' && data.status.state === state);
  }

  private read(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{"event"')) this.events.push(JSON.parse(line));
  }
}

describe('mesos-framework 0.5.3', () => {
  it('lives a full life: offers, launches, acknowledged statuses, kill, reconciliation, failover, teardown', async () => {
    const workDir = folder('master');
    const authenticator = basicAuthenticator([CREDENTIAL]);
    const agents = {
      authenticator: (header?: string) =>
        header === undefined ? { name: undefined } : authenticator(header),
    };
    const flags = { heartbeatInterval: fromSeconds(0.5) };
    const first = await startMaster({ workDir, flags, ...agents });
    await startAgent(first.url, 'cpus:4;mem:1024;ports:[31000-31010]');
    const foreign = new ForeignScheduler(
      first.port,
      authorizationOf(CREDENTIAL),
      'echo "$HOST $PORT0"; sleep 60',
    );
    const { frameworkId } = await foreign.next(({ event }) => event === 'subscribed');
    const statuses = [await foreign.update('TASK_RUNNING'), await foreign.update('TASK_RUNNING')];
    const [{ status: one }, { status: two }] = statuses;
    await expect.poll(() => first.master.state.counters.of('messages_status_update_acknowledgement')).toBe(4);
    foreign.say(`kill ${one.task_id.value} ${one.agent_id.value}`);
    expect((await foreign.update('TASK_KILLED')).status.task_id.value).toBe(one.task_id.value);
    foreign.say(`message ${two.agent_id.value} ${two.executor_id.value}`);
    foreign.say('reconcile');

    await first.stop();
    const second = await startMaster({ workDir, flags, port: first.port, ...agents });
    // It tries once, at once, when its stream ends; the application on it must try again.
    foreign.say('subscribe');
    expect((await foreign.next(({ event }) => event === 'subscribed')).frameworkId).toBe(frameworkId);
    await expect.poll(() => second.master.state.agents.size, { timeout: 20_000 }).toBe(1);
    foreign.say(`reconcile ${two.task_id.value} ${two.agent_id.value}`);
    const known = await foreign.next(
      ({ event, data }) => event === 'update' && data.status.reason === 'REASON_RECONCILIATION',
    );
    expect(known.status.state).toBe('TASK_RUNNING');
    await foreign.next(({ event }) => event === 'heartbeat');
    foreign.say('teardown');
    await expect.poll(() => second.master.state.frameworks.size, { timeout: 20_000 }).toBe(0);
    expect([...first.problems, ...second.problems]).toEqual([]);
    expect(second.master.state.tasks.size).toBe(0);
  });
});

describe('@dcos/recordio', () => {
  it('decodes the stream of a framework with a name beyond ASCII', async () => {
    const { url } = await startMaster({ flags: { heartbeatInterval: fromSeconds(0.05) } });
    await startAgent(url);
    const text = await new Promise<string>((resolve, reject) => {
      let seen = '';
      const outgoing = request(
        new URL('/api/v1/scheduler', url),
        { method: 'POST', headers: { 'Content-Type': 'application/json' }, agent: false },
        (response) => {
          response.setEncoding('utf8');
          response.on('data', (part) => {
            seen += part;
            if (seen.includes('OFFERS') && seen.includes('HEARTBEAT')) resolve(seen);
          });
        },
      );
      closing(outgoing, () => void outgoing.destroy());
      outgoing.on('error', reject);
      const framework_info = { user: 'u', name: 'Größe 😀' };
      outgoing.end(JSON.stringify({ type: 'SUBSCRIBE', subscribe: { framework_info } }));
    });
    const [records] = recordio.read(text);
    const types = records.map((record) => JSON.parse(record).type);
    expect(types[0]).toBe('SUBSCRIBED');
    expect(types).toContain('OFFERS');
    expect(types).toContain('HEARTBEAT');
  });
});
