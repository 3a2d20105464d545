import {
  type Catalogue,
  type Experiment,
  type FromSimulator,
  type Interactive,
  SIMULATOR_ELEMENT_ID,
  type ToSimulator,
} from '../experiment.js';
import type { ReportData } from '../report-data.js';
import { element } from './element.js';
import { experimentForm } from './experiment-form.js';
import { saveFile } from './save-figure.js';

/**
 * The panel in which the reader changes the runs of an interactive report and makes them again, in a worker of the page. `ended` gets the
 * report of the new runs.
 */
export function experimentPanel(interactive: Interactive, ended: (data: ReportData) => void): HTMLElement {
  const simulator = new Simulator();
  const run = element('button', { type: 'submit', class: 'primary' }, 'Run');
  const stop = element('button', { type: 'button' }, 'Stop');
  const save = element('button', { type: 'button' }, 'Save the numbers (JSON)');
  const progress = element('progress', { max: '1', value: '0', 'aria-label': 'Work done' });
  const status = element(
    'p',
    { role: 'status', class: 'aside' },
    'The page shows the runs that it was made with.',
  );
  const mistake = element('p', { role: 'alert', class: 'mistake' });
  const fields = element('div', {});
  const form = element(
    'form',
    {},
    fields,
    element('div', { class: 'actions' }, run, stop, save, progress),
    mistake,
    status,
  );
  let results: string | undefined;
  let read: () => Experiment = () => interactive.experiment;

  const running = (isRunning: boolean) => {
    run.disabled = isRunning;
    stop.hidden = !isRunning;
    progress.hidden = !isRunning;
    save.hidden = isRunning || results === undefined;
  };
  const failed = (message: string) => {
    running(false);
    mistake.textContent = message;
    status.textContent = 'The runs were not made. The page shows the ones before.';
  };
  const made = (data: ReportData, text: string, seconds: number) => {
    results = text;
    running(false);
    ended(data);
    const runs = data.policies.reduce((sum, { seeds }) => sum + seeds.length, 0);
    status.textContent = `${runs} ${runs === 1 ? 'run' : 'runs'} made in this page in ${seconds.toFixed(1)} s. All figures below show them.`;
    run.focus();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    mistake.textContent = '';
    status.textContent = 'Starting';
    progress.value = 0;
    running(true);
    const start = performance.now();
    simulator.ask({ kind: 'run', interactive: { ...interactive, experiment: read() } }, (answer) => {
      if (answer.kind === 'progress') {
        progress.value = answer.done;
        status.textContent = `${Math.floor(answer.done * 100)} % of the work: ${answer.run}`;
      } else if (answer.kind === 'failed') failed(answer.message);
      else if (answer.kind === 'ended') made(answer.data, answer.results, (performance.now() - start) / 1000);
    });
  });
  stop.addEventListener('click', () => {
    simulator.stop();
    running(false);
    status.textContent = 'Stopped. The page shows the runs before.';
    run.focus();
  });
  save.addEventListener('click', () =>
    saveFile('results.json', new Blob([results ?? ''], { type: 'application/json' })),
  );
  running(false);
  run.disabled = true;
  simulator.ask({ kind: 'describe', interactive }, (answer) => {
    if (answer.kind === 'failed') failed(answer.message);
    if (answer.kind !== 'catalogue') return;
    read = fill(fields, interactive.experiment, answer.catalogue);
    run.disabled = false;
  });
  return element(
    'section',
    { class: 'experiment', 'aria-labelledby': 'experiment-heading' },
    element(
      'details',
      interactive.panel === 'open' ? { open: '' } : {},
      element('summary', {}, element('h2', { id: 'experiment-heading' }, 'Change and run again')),
      form,
    ),
  );
}

function fill(fields: HTMLElement, experiment: Experiment, catalogue: Catalogue): () => Experiment {
  const { elements, read } = experimentForm(experiment, catalogue);
  fields.replaceChildren(...elements);
  return read;
}

/** The simulator in a worker. A stopped one is replaced, because a run cannot be interrupted. */
class Simulator {
  private worker: Worker | undefined;

  ask(question: ToSimulator, answered: (answer: FromSimulator) => void): void {
    this.worker ??= startWorker();
    this.worker.onmessage = ({ data }: MessageEvent<FromSimulator>) => answered(data);
    this.worker.onerror = ({ message }) => answered({ kind: 'failed', message });
    this.worker.postMessage(question);
  }

  stop(): void {
    this.worker?.terminate();
    this.worker = undefined;
  }
}

function startWorker(): Worker {
  const script = document.getElementById(SIMULATOR_ELEMENT_ID)?.textContent ?? '';
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}
