import type { CommandModule } from 'yargs';
import { QUEUE } from '../../lab/sweep/redis.js';
import { InputError } from '../../model/index.js';
import { pluralText } from '../../results/metric-text.js';
import { untilInterrupted } from '../interrupt.js';
import { writeMessage } from '../prose.js';
import { QUEUE_OPTIONS, workersOf } from '../sweep-options.js';

interface WorkerArguments {
  redis?: string;
  queue?: string;
  workers?: string;
  cells?: string;
  part?: string;
  quiet?: boolean;
}

/** `simulate worker`: runs the runs of sweeps that other computers started. */
export function workerCommand(): CommandModule<object, WorkerArguments> {
  return {
    command: 'worker',
    describe: 'take runs of sweeps on this computer, from a queue (sweep --engine bullmq) or a list (slurm)',
    builder: (argv) =>
      argv
        .options(QUEUE_OPTIONS)
        .option('workers', { type: 'string', describe: 'runs at the same time [one per core]' })
        .option('cells', { type: 'string', describe: 'list of runs that sweep --engine slurm wrote' })
        .option('part', { type: 'string', describe: 'which part of the list: the number of the task' })
        .conflicts('cells', ['redis', 'queue', 'workers'])
        .option('quiet', { alias: 'q', type: 'boolean', describe: 'no notes' })
        .example('$0 worker --redis redis://host:6379', 'takes runs until Ctrl-C') as never,
    handler: (args) => (args.cells === undefined ? serve(args) : performCells(args.cells, args)),
  };
}

async function performCells(file: string, { part = '', quiet }: WorkerArguments): Promise<void> {
  if (!/^\d{1,6}$/.test(part)) throw InputError.expected({ field: '--part' }, part, 'a whole number from 0');
  const { performPart } = await import('../../lab/sweep/slurm-cells.js');
  const finished = await untilInterrupted((signal) => performPart(file, Number(part), signal));
  if (quiet !== true) writeMessage(`has finished ${pluralText(finished, 'run')}`);
}

async function serve({ redis, queue = QUEUE, workers, quiet }: WorkerArguments): Promise<void> {
  if (redis === undefined)
    throw new InputError({ field: '--redis' }, 'is missing; a worker takes its runs from a Redis');
  const count = workersOf(workers);
  const note = quiet === true ? () => {} : writeMessage;
  const { serveCells } = await import('../../lab/sweep/bullmq-worker.js');
  const finished = await untilInterrupted((signal) =>
    serveCells({ redis, queue, workers: count, signal, note }),
  );
  note(`has finished ${pluralText(finished, 'run')}`);
}
