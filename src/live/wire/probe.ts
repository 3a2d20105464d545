import type { CheckInfo, CommandInfo, HealthCheck } from './messages.js';

/** One question to a task that runs. Ports are on the loopback address, as Mesos has it (docs/health-checks.md). */
export type Probe =
  | { readonly kind: 'command'; readonly command: CommandInfo }
  | { readonly kind: 'http'; readonly scheme: 'http' | 'https'; readonly port: number; readonly path: string }
  | { readonly kind: 'tcp'; readonly port: number };

const LAST_PORT = 65_535;

/** What a health check asks, or what is wrong with it (Mesos, checks/health_checker.cpp, validation). */
export function healthProbe({ type, command, http, tcp }: HealthCheck): Probe | string {
  return probeOf('HealthCheck', type, { command, http, tcp });
}

/** What a check asks, or what is wrong with it (Mesos, checks/checker.cpp, validation). */
export function checkProbe({ type, command, http, tcp }: CheckInfo): Probe | string {
  return probeOf('CheckInfo', type, { command: command?.command, http, tcp });
}

function probeOf(
  name: string,
  type: string | undefined,
  { command, http, tcp }: Pick<HealthCheck, 'command' | 'http' | 'tcp'>,
): Probe | string {
  switch (type) {
    case 'COMMAND':
      if (command?.value === undefined) return `${name} expects 'command' with a value for the type COMMAND`;
      return { kind: 'command', command };
    case 'HTTP':
      if (http === undefined) return `${name} expects 'http' for the type HTTP`;
      return httpProbe(name, http);
    case 'TCP':
      if (tcp === undefined) return `${name} expects 'tcp' for the type TCP`;
      return isPort(tcp.port) ? { kind: 'tcp', port: tcp.port } : `${name} has no port of a machine`;
    default:
      return `${name} expects 'type' COMMAND, HTTP or TCP`;
  }
}

function httpProbe(name: string, http: NonNullable<HealthCheck['http']>): Probe | string {
  const { scheme = 'http', port, path = '/' } = http;
  if (scheme !== 'http' && scheme !== 'https') return `${name} expects the scheme http or https`;
  if (!path.startsWith('/')) return `${name} expects a path that starts with '/'`;
  return isPort(port) ? { kind: 'http', scheme, port, path } : `${name} has no port of a machine`;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= LAST_PORT;
}
