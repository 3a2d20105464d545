import { Agent } from 'node:http';
import { authorizationOf, readCredential } from '../../../src/live/http/credentials.js';
import { callOn, openEvents } from '../event-connection.js';
import type { Event } from '../scheduler-client.js';
import { hasEnded, Journal, type TaskLength, writeLine } from './journal.js';

/**
 * A framework as a separate process. It keeps a number of tasks alive on each agent, stores statuses before it acknowledges them,
 * and reconciles tasks without final state. After a broken connection it resubscribes under its id. Its parent pauses and
 * resumes it.
 */
const [url, credentialFile, journalFile] = process.argv.slice(2) as [string, string, string];

/** Number of tasks that are kept alive on each agent. */
const MOST_SHORT = 4;
const MOST_LONG = 2;
const TASK_CPUS = 0.1;
const TASK_MEM_MIB = 16;
const RETRY_MS = 100;
const RECONCILE_MS = 1000;
/** Heartbeats are sent every 200 ms in these runs. After five missing ones, the connection is considered broken (as Mesos advises clients). */
const SILENCE_MS = 1000;
const COMMANDS: Readonly<Record<TaskLength, string>> = {
  short: 'echo start >> starts; sleep 0.2',
  long: 'echo start >> starts; sleep 3600',
};

const endpoint = {
  url,
  path: '/api/v1/scheduler',
  authorization: authorizationOf(readCredential(credentialFile)),
};
/** A new connection per call, because later calls on a half-open connection would be lost. */
const connections = new Agent({ keepAlive: false });
const journal = new Journal(journalFile).read();
let streamId: string | undefined;
let isPaused = false;
let launched = 0;
let silence: NodeJS.Timeout | undefined;

function call(type: string, members: object): void {
  if (streamId === undefined) return;
  const body = { type, framework_id: { value: journal.frameworkId }, ...members };
  callOn(endpoint, streamId, body, connections);
}

function subscribe(): void {
  const id = journal.frameworkId === '' ? undefined : { value: journal.frameworkId };
  const framework_info = {
    ...{ user: 'load', name: 'load', checkpoint: true, failover_timeout: 3600, id },
    capabilities: [{ type: 'PARTITION_AWARE' }],
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => outgoing.destroy(), SILENCE_MS);
  };
  const outgoing = openEvents(
    endpoint,
    { type: 'SUBSCRIBE', framework_id: id, subscribe: { framework_info } },
    {
      event: (event, stream) => {
        streamId = stream;
        receive(event);
      },
      heard,
      closed: () => {
        streamId = undefined;
        clearTimeout(silence);
        setTimeout(subscribe, RETRY_MS);
      },
    },
  );
  heard();
}

function receive(event: Event): void {
  if (event.type === 'SUBSCRIBED') {
    const frameworkId = event.subscribed.framework_id.value;
    writeLine(journalFile, { kind: 'subscribed', at: Date.now(), frameworkId });
    journal.read();
    reconcile();
  } else if (event.type === 'OFFERS') for (const offer of event.offers.offers) use(offer);
  else if (event.type === 'UPDATE') update(event.update.status);
}

function update({ task_id, agent_id, state, reason, uuid }: Event): void {
  writeLine(journalFile, { kind: 'status', at: Date.now(), task: task_id.value, state, reason, uuid });
  if (uuid !== undefined) call('ACKNOWLEDGE', { acknowledge: { agent_id, task_id, uuid } });
}

function use(offer: Event): void {
  const room = Math.floor(amountOf(offer, 'cpus') / TASK_CPUS + 1e-9);
  const wanted = isPaused ? [] : missing(offer.agent_id.value).slice(0, room);
  if (wanted.length === 0) {
    call('DECLINE', { decline: { offer_ids: [offer.id], filters: { refuse_seconds: 0.2 } } });
    return;
  }
  const task_infos = wanted.map((length) => {
    const task = `t-${process.pid}-${launched++}`;
    writeLine(journalFile, { kind: 'launch', at: Date.now(), task, agent: offer.agent_id.value, length });
    return {
      name: task,
      task_id: { value: task },
      agent_id: offer.agent_id,
      command: { value: COMMANDS[length] },
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: TASK_CPUS } },
        { name: 'mem', type: 'SCALAR', scalar: { value: TASK_MEM_MIB } },
      ],
    };
  });
  const operations = [{ type: 'LAUNCH', launch: { task_infos } }];
  call('ACCEPT', { accept: { offer_ids: [offer.id], operations, filters: { refuse_seconds: 0.2 } } });
}

/** The tasks to launch on an agent to reach the wanted number of live tasks. */
function missing(agentId: string): readonly TaskLength[] {
  const alive = [...journal.read().tasks.values()].filter(
    (task) => task.agent === agentId && !hasEnded(task),
  );
  const longAlive = alive.filter(({ length }) => length === 'long').length;
  const shortAlive = alive.length - longAlive;
  return [
    ...Array<TaskLength>(Math.max(0, MOST_LONG - longAlive)).fill('long'),
    ...Array<TaskLength>(Math.max(0, MOST_SHORT - shortAlive)).fill('short'),
  ];
}

function amountOf(offer: Event, name: string): number {
  return offer.resources
    .filter((resource: Event) => resource.name === name)
    .reduce((sum: number, { scalar }: Event) => sum + scalar.value, 0);
}

/** Reconciles every task without a final state. */
function reconcile(): void {
  const tasks = [...journal.read().tasks]
    .filter(([, task]) => !hasEnded(task))
    .map(([id, { agent }]) => ({ task_id: { value: id }, agent_id: { value: agent } }));
  if (tasks.length > 0) call('RECONCILE', { reconcile: { tasks } });
}

process.on('message', (message) => {
  isPaused = message === 'pause';
});
process.on('disconnect', () => process.exit());
setInterval(reconcile, RECONCILE_MS);
subscribe();
