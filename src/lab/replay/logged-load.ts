import type { LogHeader, TaskNote } from '../../live/decisions/decision-log.js';
import type { HostInput } from '../../live/decisions/host-inputs.js';
import { attributeTexts } from '../../live/wire/agent-messages.js';
import { InputError, type Micros, type Parcels } from '../../model/index.js';
import { readDecisions } from './read-decisions.js';

/** A logged launch. Times are in Micros from the start of the log. A task that was lost and launched again counts as two. */
export interface LoggedTask {
  /** `framework/task`, by ids. */
  readonly key: string;
  readonly framework: string;
  readonly role: string;
  readonly agent: string;
  /** Amounts in quanta by resource name, reserved or not. */
  readonly demand: Readonly<Record<string, number>>;
  /** When its framework received it, if the framework reports that; otherwise the time of the launch. */
  readonly submitted: Micros;
  readonly launched: Micros;
  /** Run time of its command; until the end of the log if it was still running. */
  runTime: Micros;
}

/** A logged agent. Times are in Micros from the start of the log. */
export interface LoggedAgent {
  readonly name: string;
  /** Amounts in quanta by resource name, as of its last registration. */
  capacity: Readonly<Record<string, number>>;
  attributes: Readonly<Record<string, string>>;
  /** Times at which it alternately started and stopped to accept tasks. At first it does not accept tasks. */
  readonly changes: Micros[];
}

/** The load of a master, and its agents, according to its decision log. */
export interface LoggedLoad {
  /** In order of submission. */
  readonly tasks: readonly LoggedTask[];
  /** In order of their first registration. */
  readonly agents: readonly LoggedAgent[];
  /** Length of the log. */
  readonly end: Micros;
  /** Number of tasks that had not ended at the end of the log. */
  readonly unfinished: number;
}

interface Running {
  readonly task: LoggedTask;
  since: Micros;
}

/** Reads the load from a log. @throws InputError when the log is invalid (see readDecisions) or has no task. */
export async function readLoggedLoad(path: string, note?: (text: string) => void): Promise<LoggedLoad> {
  const gatherer = new Gatherer();
  for await (const { record } of readDecisions(path, note)) {
    gatherer.timePasses(record.at);
    if ('log' in record) gatherer.begin(record);
    else if ('inputs' in record) for (const input of record.inputs) gatherer.told(input);
    else if ('task' in record) gatherer.taskNoted(record);
    else gatherer.names.set(record.framework, record.name);
  }
  const load = gatherer.load();
  if (load.tasks.length === 0) throw new InputError({ file: path }, 'the log contains no launched task');
  return load;
}

class Gatherer {
  readonly names = new Map<string, string>();
  private readonly agents = new Map<string, LoggedAgent>();
  private readonly tasks: LoggedTask[] = [];
  private readonly running = new Map<string, Running>();
  private resources: readonly string[] = [];
  private start: Micros = Number.NaN;
  private now: Micros = 0;

  timePasses(at: Micros): void {
    if (Number.isNaN(this.start)) this.start = at;
    this.now = Math.max(this.now, at - this.start);
  }

  /** A master starts. It has no agents yet. */
  begin({ names }: LogHeader): void {
    this.resources = names;
    for (const agent of this.agents.values()) this.setTaking(agent, false);
  }

  told([name, ...args]: HostInput): void {
    const agent = args[0] as string;
    if (name === 'addAgent') this.agentAdded(agent, (args[1] as { total: Parcels }).total);
    const known = this.agents.get(agent);
    if (known === undefined) return;
    if (name === 'setTotal') known.capacity = this.amounts(args[1] as Parcels);
    if (name === 'setAttributes') known.attributes = attributeTexts(JSON.parse(args[1] as string));
    if (name === 'setAgentActive') this.setTaking(known, args[1] === true);
    if (name === 'removeAgent') this.setTaking(known, false);
  }

  taskNoted(note: TaskNote): void {
    const key = `${note.framework}/${note.id}`;
    if (note.task === 'launched') this.launched(key, note);
    const running = this.running.get(key);
    if (running === undefined) return;
    if (note.task === 'running') running.since = this.now;
    if (note.task === 'ended') this.ended(key, running);
  }

  load(): LoggedLoad {
    const unfinished = this.running.size;
    for (const [key, running] of [...this.running]) this.ended(key, running);
    const tasks = this.tasks.sort((a, b) => a.submitted - b.submitted);
    return { tasks, agents: [...this.agents.values()], end: this.now, unfinished };
  }

  private agentAdded(name: string, total: Parcels): void {
    const capacity = this.amounts(total);
    const known = this.agents.get(name);
    if (known === undefined) this.agents.set(name, { name, capacity, attributes: {}, changes: [] });
    else known.capacity = capacity;
    this.setTaking(this.agents.get(name) as LoggedAgent, true);
  }

  private setTaking({ changes }: LoggedAgent, isTaking: boolean): void {
    if ((changes.length % 2 === 1) === isTaking) return;
    // Two changes at one instant cancel each other.
    if (changes.at(-1) === this.now) changes.pop();
    else changes.push(this.now);
  }

  private launched(key: string, { framework, role, agent, parcels = [], submitted }: TaskNote): void {
    // After a restart of the master, agents report tasks again that the earlier master has logged.
    if (this.running.has(key)) return;
    const task: LoggedTask = {
      key,
      framework: this.names.get(framework) ?? framework,
      role,
      agent,
      demand: this.amounts(parcels),
      submitted: submitted === undefined ? this.now : Math.max(0, submitted - this.start),
      launched: this.now,
      runTime: 0,
    };
    this.tasks.push(task);
    this.running.set(key, { task, since: this.now });
  }

  private ended(key: string, { task, since }: Running): void {
    // The ledger requires a run time above 0, but a command may start and end in the same microsecond.
    task.runTime = Math.max(1, this.now - since);
    this.running.delete(key);
  }

  private amounts(parcels: Parcels): Record<string, number> {
    const sum: Record<string, number> = {};
    for (const { dimension, amount } of parcels) {
      const name = this.resources[dimension] as string;
      sum[name] = (sum[name] ?? 0) + amount;
    }
    return sum;
  }
}
