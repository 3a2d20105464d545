import {
  type ClassAnswer,
  type ClassAnswers,
  durationText,
  type EventEntry,
  fromSeconds,
  type JobHistory,
  oneLine,
  quote,
  type Shortage,
  type WaitEntry,
  type WaitHistories,
} from '../model/index.js';
import { amountText, countText, listText, pluralText } from './metric-text.js';

/** The history of a job in words, for the terminal and the report. */
export interface ShownHistory {
  readonly title: string;
  /** What it asked for, and how long it waited. */
  readonly facts: string;
  readonly entries: readonly ShownEntry[];
}

/** A line of a history. */
export interface ShownEntry {
  /** `10 s` or `10 s to 1m 40s`; empty for what is left out. */
  readonly when: string;
  readonly what: string;
  /** Sentences. */
  readonly details: readonly string[];
}

/** Job names may be equal in several frameworks, so the title has both. */
export function shownHistory(history: JobHistory): ShownHistory {
  const { job, framework, entries, leftOut, leftOutTimes } = history;
  const shown = entries.map((entry, i): ShownEntry => {
    const next = entries[i + 1];
    return entry.kind === 'waited' ? wait(entry, next?.from ?? entry.to, history) : event(entry);
  });
  const before = Math.floor(entries.length / 2);
  const gap: ShownEntry = {
    when: '',
    what: `${pluralText(leftOut, 'entry').replace('entrys', 'entries')} with ${pluralText(leftOutTimes, 'consideration')} left out`,
    details: [],
  };
  return {
    title: `Job ${quote(job)} of framework ${quote(framework)}`,
    facts: facts(history),
    entries: leftOut === 0 ? shown : [...shown.slice(0, before), gap, ...shown.slice(before)],
  };
}

/** What is left out of the histories of a run; undefined if nothing is. */
export function leftOutText({ jobs, jobsLeftOut }: WaitHistories): string | undefined {
  if (jobsLeftOut === 0) return undefined;
  return `${pluralText(jobsLeftOut, 'more job')} left out: at most ${jobs.length} are kept, those that waited longest.`;
}

function facts({ submitted, tasks, isGang, needs, requires, waited }: JobHistory): string {
  const what = isGang ? `a gang of ${pluralText(tasks, 'task')}` : pluralText(tasks, 'task');
  const each = tasks === 1 ? '' : ' each';
  const needed =
    tasks === 0 ? '' : `, which ${tasks === 1 || isGang ? 'needs' : 'need'} ${amounts(needs)}${each}`;
  const attributes = requires === '' ? '' : `, on machines with ${oneLine(requires)}`;
  const start = waited === null ? 'It has not started.' : `Its first task started after ${time(waited)}.`;
  return `Submitted at ${time(submitted)}: ${what}${needed}${attributes}. ${start}`;
}

function wait(entry: WaitEntry, until: number, { isGang }: JobHistory): ShownEntry {
  const { from, to, times, isInTurn, classes, classesLeftOut, standing, least, greatest } = entry;
  const considered = times === 1 ? 'considered once' : `considered ${countText(times)} times`;
  const details = [cause(entry, isGang)];
  if (isGang && standing !== null)
    details.push(
      standing >= greatest
        ? `All of its ${pluralText(greatest, 'waiting task')} had room at one time.`
        : `${standing === 0 ? 'None' : `At most ${countText(standing)}`} of its ${pluralText(greatest, 'waiting task')} had room at one time, and a gang starts as a whole.`,
    );
  details.push(...classes.map(machineClass));
  if (classesLeftOut > 0)
    details.push(
      `${pluralText(classesLeftOut, 'smaller class')} of machines left out.`.replace('classs', 'classes'),
    );
  const tasks = greatest === 1 ? '' : `, ${range(least, greatest)} tasks`;
  return {
    when: span(from, isInTurn ? to : until),
    what: `waits${tasks}; ${considered}${isInTurn ? ', in turn with other answers' : ''}`,
    details,
  };
}

function cause({ cause: why, holders, until, detail, classes }: WaitEntry, isGang: boolean): string {
  const holder = names(holders);
  const start = until === null ? '' : ` for ${time(until)}`;
  switch (why) {
    case 'no-room':
      if (classes.length === 0) return 'There is no machine.';
      return isGang ? 'Its tasks do not all have room.' : 'No machine takes it.';
    case 'behind-head':
      return `It is behind job ${holder} in the queue, which fits nowhere, and the policy lets no job pass that one.`;
    case 'reservation':
      return `It would delay job ${holder}, whose start is reserved${start}.`;
    case 'plan':
      return `Its start is planned${start}.${holder === '' ? '' : ` A start now would delay job ${holder}.`}`;
    case 'filter':
      return `A rule of the policy, such as an advance reservation, keeps it off a machine with room${until === null ? '' : `, until ${time(until)} at least`}.`;
    case 'preferred-machines':
      return `It waits for its preferred machines${until === null ? '' : ` until ${time(until)}`}.`;
    case 'claim':
      return 'Its room is claimed, and preempted tasks have not left it yet.';
    case 'limit':
      return `A limit is reached: ${oneLine(detail)}.`;
    case 'no-offers':
      return holder === ''
        ? 'Its framework got no offer.'
        : `Its framework got no offer. Offers went to ${holder}. Dominant shares: ${oneLine(detail)}.`;
    case 'conflict':
      return 'Another scheduler took the room while this one decided.';
    case 'scheduler-busy':
      return `Its scheduler was serving job ${holder}.`;
    case 'probes':
      return 'A machine has room, but the job waits in the queues of the machines that it has sampled.';
    case 'not-chosen':
      return 'A machine has room, but the policy did not start the job and gave no reason.';
  }
}

function machineClass({ capacity, machines, answers }: ClassAnswers): string {
  const parts = answers.map((answer) => {
    const isAll = answers.length === 1;
    return `${isAll ? '' : `${range(answer.least, answer.greatest)} `}${phrase(answer)}`;
  });
  return `${pluralText(machines, 'machine')} of ${amounts(capacity)}: ${parts.join('; ')}.`;
}

function phrase({ reason, holders, short, greatest }: ClassAnswer): string {
  switch (reason) {
    case 'constraint':
      return 'without the attributes that it requires';
    case 'too-small':
      return `too small (${short.map((one) => lack(one, greatest, 'there')).join(', ')})`;
    case 'other-framework':
      return 'for other frameworks only';
    case 'not-up':
      return 'not up';
    case 'too-little-free':
      return `with too little free (${short.map((one) => lack(one, greatest, 'free')).join(', ')})`;
    case 'claimed':
      return `claimed for job ${names(holders)}`;
    case 'offered':
      return `offered to ${holders.length === 0 ? 'another framework' : names(holders)}`;
    case 'placement-rule':
      return 'forbidden by a placement rule';
    case 'gathered':
      return `kept for gang ${names(holders)}`;
    case 'not-offered':
      return 'with room, but not offered to its framework';
    case 'room':
      return 'with room';
  }
}

function lack({ resource, needed, most, least, greatest }: Shortage, machines: number, word: string): string {
  const where = greatest < machines ? ` on ${range(least, greatest)}` : '';
  if (most === null) return `not enough GPUs with room${where}`;
  const upTo = most === 0 ? 'nothing' : `at most ${amount(resource, most)}`;
  return `${amount(resource, needed)} needed, ${upTo} ${word}${where}`;
}

function event({ kind, from, to, tasks, words, more }: EventEntry): ShownEntry {
  const count = pluralText(tasks, 'task');
  const is = tasks === 1 ? 'is' : 'are';
  const because = words === '' ? '' : `: ${words}`;
  switch (kind) {
    case 'started': {
      const where = more > 0 ? `${words} and other machines` : listText(words.split(', '));
      return entry(from, to, `${count} ${tasks === 1 ? 'starts' : 'start'} on ${where}`);
    }
    case 'stopped':
      return entry(from, to, `${count} ${is} stopped (${words})`);
    case 'ended':
      return entry(from, to, `ends${words === '' ? '' : `, ${words}`}`);
    case 'never-runs':
      return entry(from, to, `${count} can never run${because}`);
    case 'waits-at-end':
      return entry(
        from,
        to,
        `${count} still ${tasks === 1 ? 'waits' : 'wait'} at the end of the run${because}`,
      );
  }
}

function entry(from: number, to: number, what: string): ShownEntry {
  return { when: span(from, to), what: oneLine(what), details: [] };
}

function span(from: number, to: number): string {
  return time(from) === time(to) ? time(from) : `${time(from)} to ${time(to)}`;
}

function time(seconds: number): string {
  return durationText(fromSeconds(seconds));
}

function range(least: number, greatest: number): string {
  return least === greatest ? countText(least) : `${countText(least)} to ${countText(greatest)}`;
}

function names(holders: readonly string[]): string {
  return listText(holders.map(quote));
}

function amounts(byResource: Readonly<Record<string, number>>): string {
  const parts = Object.entries(byResource).map(([resource, value]) => amount(resource, value));
  return parts.length === 0 ? 'nothing' : listText(parts);
}

/** Cores and GPUs have thousandths, which a rounded text would hide. */
function amount(resource: string, value: number): string {
  const noun = { cpus: 'core', gpus: 'GPU' }[resource];
  const exact = Number(value.toFixed(3));
  return noun === undefined ? amountText(resource, value) : `${exact} ${noun}${exact === 1 ? '' : 's'}`;
}
