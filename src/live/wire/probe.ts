import type { CheckInfo, CommandInfo, HealthCheck } from './messages.js';

/** A probe of a running task. Ports are on the loopback address, as in Mesos (docs/health-checks.md). */
export type Probe =
  | { readonly kind: 'command'; readonly command: CommandInfo }
  | { readonly kind: 'http'; readonly scheme: 'http' | 'https'; readonly port: number; readonly path: string }
  | { readonly kind: 'tcp'; readonly port: number };

const LAST_PORT = 65_535;

/** The probe of a health check, or its problem as text (Mesos, checks/health_checker.cpp, validation). */
export function healthProbe({ type, command, http, tcp }: HealthCheck): Probe | string {
  return probeOf('HealthCheck', type, { command, http, tcp });
}

/** The probe of a check, or its problem as text (Mesos, checks/checker.cpp, validation). */
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
      return isPort(tcp.port) ? { kind: 'tcp', port: tcp.port } : `${name} expects a port from 1 to 65535`;
    default:
      return `${name} expects 'type' COMMAND, HTTP or TCP`;
  }
}

function httpProbe(name: string, http: NonNullable<HealthCheck['http']>): Probe | string {
  const { scheme = 'http', port, path = '/' } = http;
  if (scheme !== 'http' && scheme !== 'https') return `${name} expects the scheme http or https`;
  if (!path.startsWith('/')) return `${name} expects a path that starts with '/'`;
  return isPort(port) ? { kind: 'http', scheme, port, path } : `${name} expects a port from 1 to 65535`;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= LAST_PORT;
}
