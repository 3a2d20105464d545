import { dataTable } from './data-table.js';
import { element } from './element.js';
import { type Figure, figure } from './figure.js';
import { ganttPanel } from './gantt-panel.js';
import { GanttRows, type RowKind } from './gantt-rows.js';
import { ATTEMPT_COLUMNS, attemptRow, attemptsInView } from './gantt-text.js';
import type { LegendItem } from './legend.js';
import { END_MARKS, type LoadedAttempts, type LoadedSchedule, WAITING } from './loaded-schedule.js';
import { numberText, percentText, secondsText } from './number-text.js';
import { BACKFILLED_COLOR, FAILURE_COLOR, frameworkColor } from './palette.js';
import { type Drawn, sentences } from './time-figures.js';

const HEIGHT = 380;
/** Rows of the table of what is in view, per policy. */
const MOST_LISTED = 50;
const WAITS: LegendItem = { label: 'waits', line: { color: 'var(--soft)', dash: '1 2' } };

/** The Gantt chart, and a way to show the tasks of one machine in it. */
export interface GanttFigure extends Figure {
  readonly showMachine: (machine: number) => void;
}

/** Jobs or machines over time; one panel per policy with the same rows. */
export function ganttFigure(drawn: Drawn, schedule: LoadedSchedule): GanttFigure {
  const { view } = drawn;
  const rows = new GanttRows(schedule, HEIGHT);
  const list = element('details', {}, element('summary', {}, 'Table of the attempts in view'));
  const listed = element('div');
  list.append(listed);
  const legend = legendOf(drawn, schedule);
  let width = 0;
  const redraw = () => whole.draw(width);
  const controls = rowControls(rows, redraw, () => view.moveCursor(view.cursor ?? (view.from + view.to) / 2));
  const made = figure({
    name: 'gantt',
    title: 'Gantt chart: which job ran where and when',
    caption: () => captionOf(drawn, rows),
    legend: () => legend.filter((item) => rows.kind === 'jobs' || item !== WAITS),
    panels: () =>
      schedule.policies.map((policy) => ({
        title: policy.policy,
        draw: (panelWidth) => ganttPanel(rows, policy, drawn, panelWidth),
      })),
    panelWidth: 380,
    rows: () => [
      ATTEMPT_COLUMNS,
      ...schedule.policies.flatMap((policy) =>
        Array.from({ length: policy.count }, (_, i) => attemptRow(schedule, policy, i)),
      ),
    ],
    controls: controls.element,
    table: element('div', {}, totals(schedule), list),
  });
  const showList = () => {
    if (list.open) listed.replaceChildren(...schedule.policies.map((policy) => listOf(rows, policy, drawn)));
  };
  list.addEventListener('toggle', showList);
  const whole: Figure = {
    element: made.element,
    draw: (newWidth) => {
      width = newWidth;
      rows.update(view);
      made.draw(width);
      controls.follow();
      showList();
    },
  };
  return {
    ...whole,
    showMachine: (machine) => {
      controls.choose('machines', schedule.machines[machine]);
      made.element.scrollIntoView({ block: 'nearest' });
    },
  };
}

function captionOf({ data, view }: Drawn, rows: GanttRows): string {
  const { schedule, kind, shown } = rows;
  const counted = `${numberText(shown.length)} ${kind === 'jobs' ? (shown.length === 1 ? 'job' : 'jobs') : shown.length === 1 ? 'machine' : 'machines'}`;
  const isOther = view.seeds.kind === 'one' && view.seeds.seed !== schedule.seed;
  const hasSeeds = data.policies.some(({ seeds }) => seeds.length > 1);
  return sentences(
    kind === 'jobs'
      ? `A row is a job, in order of submission: dots while it waits for its first start, a bar while a task runs. The rows are ${counted}${rows.find === '' && !view.isWhole ? ' that wait or run in this part of the time' : ''}, the same ones for every policy.`
      : `A row is a machine, in order of rank, and a bar is an attempt to run a task: those of one time are below each other. The rows are ${counted}.`,
    lowRowsText(rows),
    'A job is backfilled if it started while a job that was submitted earlier went on waiting for its first start.',
    ...schedule.policies.map(leftOutText),
    hasSeeds || isOther ? `Seed ${schedule.seed}; the page has no other seed in this chart.` : '',
  );
}

/** That rows hide each other; empty if each has a pixel of its own. */
function lowRowsText({ rowHeight, kind }: GanttRows): string {
  if (rowHeight >= 1) return '';
  return `Up to ${numberText(Math.ceil(1 / rowHeight))} ${kind} share a row of pixels, where later ones are on top; higher rows show each of them.`;
}

/** Which attempts are not in the page; empty if all are. */
function leftOutText({ policy, count, columns }: LoadedAttempts): string {
  const { leftOut, shownSeconds } = columns;
  if (leftOut.attempts === 0) return '';
  const share = leftOut.seconds / Math.max(1, leftOut.seconds + shownSeconds);
  return `${policy}: the ${numberText(count)} longest of ${numberText(count + leftOut.attempts)} attempts; the others have ${percentText(share)} of all run time.`;
}

/** The legend of jobs and of machines, which have no waits. */
function legendOf({ data }: Drawn, { jobs, policies }: LoadedSchedule): LegendItem[] {
  const groups = new Set(jobs.group);
  const has = (mark: string) => policies.some(({ end }) => end.some((place) => END_MARKS[place] === mark));
  return [
    ...data.frameworks.flatMap(({ label, isSingle }, place) =>
      groups.has(place) ? [{ label, fill: frameworkColor(place, isSingle) }] : [],
    ),
    ...(policies.some(({ backfilled }) => backfilled.includes(1))
      ? [{ label: 'backfilled', fill: BACKFILLED_COLOR }]
      : []),
    WAITS,
    ...(jobs.gang.includes(1) ? [{ label: 'gang', line: { color: 'var(--ink)', dash: 'none' } }] : []),
    ...(has('preempted') ? [{ label: 'ends by a preemption or a restart', cap: 'var(--ink)' }] : []),
    ...(has('failed') ? [{ label: 'ends by a failure', cap: FAILURE_COLOR }] : []),
  ];
}

/** Counts of what the chart draws, for those who cannot see it. */
function totals({ policies, jobs }: LoadedSchedule): HTMLElement {
  return dataTable({
    caption: 'Jobs and attempts of the Gantt chart',
    columns: [
      ...['jobs started', 'backfilled', 'share', 'attempts drawn', 'preempted or restarted', 'failed'],
      ...['never started', 'longest wait'],
    ],
    rows: policies.map((policy) => {
      const { end, count, job, from, columns } = policy;
      const ended = (mark: string) => end.filter((place) => END_MARKS[place] === mark).length;
      const waiting = end.filter((place) => place === WAITING).length;
      let longest = 0;
      for (let i = 0; i < count; i++)
        if (policy.firstOfJob[job[i]] === i) longest = Math.max(longest, from[i] - jobs.submitted[job[i]]);
      const { startedJobs, backfilledJobs } = columns;
      return [
        policy.policy,
        numberText(startedJobs),
        numberText(backfilledJobs),
        startedJobs === 0 ? '–' : percentText(backfilledJobs / startedJobs),
        numberText(count - waiting),
        ...[ended('preempted'), ended('failed'), waiting].map(numberText),
        secondsText(longest),
      ];
    }),
  });
}

function listOf(rows: GanttRows, policy: LoadedAttempts, { view }: Drawn): HTMLElement {
  const { schedule } = rows;
  const { attempts, count } = attemptsInView(rows, policy, view, MOST_LISTED);
  const most =
    count > attempts.length ? `the first ${attempts.length} of ${numberText(count)}` : numberText(count);
  return dataTable({
    caption: `${policy.policy}: attempts in view, ${most}`,
    columns: ['framework', 'user', 'size', 'machine', 'submitted', 'start', 'end', 'outcome', 'backfilled'],
    rows: attempts.map((i) => {
      const [, job, framework, user, , size, machine, submitted, start, end, outcome, , backfilled] =
        attemptRow(schedule, policy, i);
      const time = (seconds: string | number) => (seconds === '' ? '–' : secondsText(Number(seconds)));
      return [
        `${job}`,
        `${framework}`,
        `${user}`,
        `${numberText(Number(size))} ${schedule.resource}`,
        `${machine}`,
        time(submitted),
        time(start),
        time(end),
        `${outcome}`,
        backfilled === 1 ? 'yes' : 'no',
      ];
    }),
  });
}

/** What the rows are, which of them, how high, and a slider that points at one for the keyboard. */
function rowControls(rows: GanttRows, redraw: () => void, pointed: () => void) {
  const kind = element(
    'select',
    {},
    element('option', { value: 'machines' }, 'machines'),
    element('option', { value: 'jobs' }, 'jobs'),
  );
  const find = element('input', { type: 'search', size: '22', placeholder: 'name, user, framework' });
  const slider = element('input', {
    type: 'range',
    min: '0',
    value: '0',
    'aria-label': 'Row of the Gantt chart',
  });
  const button = (text: string, label: string, press: () => void) => {
    const made = element('button', { type: 'button', 'aria-label': label, title: label }, text);
    made.addEventListener('click', () => {
      press();
      redraw();
    });
    return made;
  };
  const fit = button('Fit', 'Fit all rows into the Gantt chart', () => {
    rows.chosenHeight = undefined;
  });
  kind.addEventListener('change', () => choose(kind.value as RowKind, ''));
  find.addEventListener('input', () => choose(rows.kind, find.value.trim()));
  slider.addEventListener('input', () => {
    rows.point(Number(slider.value));
    pointed();
    follow();
  });

  function choose(newKind: RowKind, text: string): void {
    Object.assign(rows, { kind: newKind, find: text, chosenHeight: undefined, top: 0, pointed: undefined });
    if (find.value.trim() !== text) find.value = text;
    redraw();
  }

  function follow(): void {
    const { pointed: place, shown } = rows;
    kind.value = rows.kind;
    fit.disabled = rows.chosenHeight === undefined;
    slider.max = `${Math.max(0, shown.length - 1)}`;
    slider.setAttribute('aria-valuetext', place === undefined ? 'none' : rows.nameOf(shown[place]));
  }

  return {
    element: element(
      'div',
      { class: 'choice row-choice' },
      element('label', {}, 'Rows ', kind),
      element('label', {}, 'Only ', find),
      element(
        'span',
        { class: 'zoom' },
        button('−', 'Lower rows of the Gantt chart', () => rows.stretch(-1)),
        button('+', 'Higher rows of the Gantt chart', () => rows.stretch(1)),
        fit,
      ),
      element('label', { class: 'cursor-input' }, 'Row ', slider),
    ),
    choose,
    follow,
  };
}
