import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from '../live-cluster.js';
import { Service } from '../processes.js';
import { MasterProxy } from './master-proxy.js';

/** Short timeouts for many repetitions: an agent is unreachable after 1.5 s of silence. */
const MASTER_FLAGS = [
  ...['--allocation-interval', '100ms', '--heartbeat-interval', '200ms'],
  ...['--agent-ping-timeout', '300ms', '--max-agent-ping-timeouts', '4'],
  ...['--agent-reregister-timeout', '1m'],
];
const AGENT_RESOURCES = 'cpus:2;mem:512';

/** An agent of a cluster, running or stopped. */
export interface ClusterAgent {
  readonly workDir: string;
  id: string;
  service: Service;
}

/** A master and agents as processes; the agents connect to the master through a proxy. */
export class ProcessCluster {
  readonly masterDir: string;
  readonly agents: ClusterAgent[] = [];
  private masterService: Service | undefined;
  private port = '0';
  private path: MasterProxy | undefined;

  private constructor(masterDir: string) {
    this.masterDir = masterDir;
  }

  /** Starts a master, and an agent for each work-dir. Missing folders are created. */
  static async start(masterDir = folder('master'), agentDirs = [folder('agent'), folder('agent')]) {
    const cluster = new ProcessCluster(masterDir);
    await cluster.startMaster();
    cluster.path = await MasterProxy.to(Number(cluster.port));
    for (const workDir of agentDirs) {
      mkdirSync(workDir, { recursive: true });
      const service = cluster.agentService(workDir);
      const [, id] = await service.says(/agent (\S+) is registered/);
      cluster.agents.push({ workDir, id: id as string, service });
    }
    return cluster;
  }

  get proxy(): MasterProxy {
    return this.path as MasterProxy;
  }

  get master(): Service {
    return this.masterService as Service;
  }

  get masterUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get credentialFile(): string {
    return join(this.masterDir, 'credential.json');
  }

  /** The last output of master and agents on stderr. */
  lastWords(): readonly string[] {
    return [this.master, ...this.agents.map(({ service }) => service)].map(
      ({ child, stderr }) => `${child.spawnargs[2]} (exit ${child.exitCode}): ${stderr.slice(-500)}`,
    );
  }

  /** Starts or restarts the master at the same address. */
  async startMaster(): Promise<void> {
    this.masterService = new Service(
      ...['master', '--work-dir', this.masterDir, '--port', this.port, ...MASTER_FLAGS],
    );
    const [, port] = await this.masterService.says(/listens on http:\/\/127\.0\.0\.1:(\d+)/);
    this.port = port as string;
  }

  /** Restarts a stopped agent. */
  restartAgent(agent: ClusterAgent): void {
    agent.service = this.agentService(agent.workDir);
  }

  private agentService(workDir: string): Service {
    return new Service(
      ...['agent', '--master', this.proxy.url, '--work-dir', workDir, '--resources', AGENT_RESOURCES],
      ...['--credential', this.credentialFile],
    );
  }
}
