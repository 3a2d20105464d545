import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closing, folder } from '../live-cluster.js';
import { Journal } from './journal.js';

const PROGRAM = fileURLToPath(new URL('./load-framework.ts', import.meta.url));
const LOOK_MS = 20;

/** The framework that puts a cluster under load, as a process that can be killed. */
export class FrameworkLoad {
  readonly journal: Journal;
  private readonly journalFile = join(folder('load'), 'journal');
  private readonly url: string;
  private readonly credentialFile: string;
  private child: ChildProcess;

  constructor(url: string, credentialFile: string) {
    this.url = url;
    this.credentialFile = credentialFile;
    this.journal = new Journal(this.journalFile);
    this.child = this.fork();
    closing(this, () => this.kill());
  }

  private fork(): ChildProcess {
    return fork(PROGRAM, [this.url, this.credentialFile, this.journalFile], {
      execArgv: ['--import', 'tsx'],
    });
  }

  /** Kills it with SIGKILL, without any cleanup. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  /** Starts another process that takes over the same framework id. */
  restart(): void {
    this.child = this.fork();
  }

  /** Stops new launches. */
  pause(): void {
    this.child.send('pause');
  }

  resume(): void {
    this.child.send('resume');
  }

  /**
   * Waits until a task that was launched after a time is running, on a given agent if any. @returns the duration in
   * milliseconds. @throws when it exceeds `patience`.
   */
  async runsSince(since: number, agentId: string | undefined, patience: number): Promise<number> {
    for (;;) {
      for (const task of this.journal.read().tasks.values())
        if (task.launchedAt >= since && task.ranAt !== undefined && (agentId ?? task.agent) === task.agent)
          return task.ranAt - since;
      if (Date.now() - since > patience) throw new Error(`no task runs ${patience / 1000} s after the fault`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}
