import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROJECT } from '../cli/simulate-command.js';
import { closing } from './live-cluster.js';

/** The built command as a process, until it is killed or the test ends. */
export class Service {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, [`${PROJECT}/dist/cli.js`, ...args], { cwd: PROJECT });
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    closing(this, () => this.kill('SIGKILL'));
  }

  /** Waits for a line on stdout, with a timeout in milliseconds. */
  async says(pattern: RegExp, patience = 30_000): Promise<RegExpExecArray> {
    const deadline = Date.now() + patience;
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      if (this.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`no ${pattern} in: ${this.stdout}${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}
