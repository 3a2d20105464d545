// A scheduler on the npm package mesos-framework, which nobody here wrote. It prints what it sees, a JSON line each, and
// does what it reads: kill TASK AGENT, subscribe, reconcile, message AGENT EXECUTOR, teardown.
const { Mesos, Scheduler } = require('mesos-framework');
const { createInterface } = require('node:readline');

const [port, authorization, command] = process.argv.slice(2);
const mesos = Mesos.getMesos();
const say = (event, data) => process.stdout.write(`${JSON.stringify({ event, data })}\n`);

const scheduler = new Scheduler({
  masterUrl: '127.0.0.1',
  port,
  frameworkName: 'others',
  masterConnectionTimeout: 60,
  logging: { level: 'error' },
  restartStates: [],
  tasks: {
    work: {
      priority: 1,
      instances: 2,
      commandInfo: new mesos.CommandInfo(null, null, true, command, null, null),
      resources: { cpus: 0.5, mem: 32, ports: 1, disk: 0 },
    },
  },
});
scheduler.requestTemplate.headers.Authorization = authorization;
for (const event of [
  'subscribed',
  'offers',
  'update',
  'error',
  'sent_acknowledge',
  'sent_accept',
  'heartbeat',
])
  scheduler.on(event, (data) => say(event, data instanceof Error ? data.message : data));
scheduler.on('ready', () => scheduler.subscribe());

createInterface({ input: process.stdin }).on('line', (line) => {
  const [verb, a, b] = line.split(' ');
  if (verb === 'kill') scheduler.kill(a, b);
  else if (verb === 'subscribe') scheduler.subscribe();
  else if (verb === 'reconcile') scheduler.reconcile(a, b);
  else if (verb === 'message') scheduler.message(a, b, 'aGVsbG8=');
  else if (verb === 'teardown') scheduler.teardown();
});
