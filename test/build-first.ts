import { execFileSync } from 'node:child_process';

/** Tests that spawn the command or load policy files need the build. It is updated when a source has changed. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-changed'], { stdio: 'inherit' });
}
