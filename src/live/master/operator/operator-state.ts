import { z } from 'zod';
import type { Micros } from '../../../model/index.js';
import type { Cancel } from '../../clock.js';
import type { MachineId, MaintenanceWindow, Unavailability } from '../../wire/operator-call.js';

const drainingSchema = z.object({
  kind: z.enum(['draining', 'drained']),
  /** The longest that a task may take to end when it is asked to; left out: what its kill policy says. */
  maxGraceNanoseconds: z.number().optional(),
  /** Is the agent marked gone when it is drained? */
  markGone: z.boolean(),
});

/** Why nothing of an agent is offered, as the store keeps it. */
export const deactivationSchema = z.union([z.object({ kind: z.literal('deactivated') }), drainingSchema]);

/** Why nothing of an agent is offered, by order of the operator (Mesos, docs/operator-http-api.md, DRAIN_AGENT, DEACTIVATE_AGENT). */
export type Deactivation = z.output<typeof deactivationSchema>;

/** An agent whose tasks are to end, or have ended. */
export type Draining = z.output<typeof drainingSchema>;

/** A request to give back all that a framework has of an agent, which it may answer (mesos.proto, InverseOffer). */
export interface InverseOfferRecord {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly unavailability: Unavailability;
  readonly cancelTimeout: Cancel;
}

/** What a framework thinks of giving an agent back; nothing follows from it but that the operator can read it. */
export interface InverseOfferAnswer {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly status: 'ACCEPT' | 'DECLINE';
  /** When it was given; since the epoch. */
  readonly at: Micros;
}

/** Which machines are to be away and when, and what frameworks say to it (Mesos, docs/maintenance.md). */
export interface Maintenance {
  windows: readonly MaintenanceWindow[];
  /** Machines that the operator has taken down; their agents may not join. */
  down: readonly MachineId[];
  /** Those that nobody has answered, by id. */
  readonly inverseOffers: Map<string, InverseOfferRecord>;
  /** The latest answers, by framework and agent. */
  readonly answers: Map<string, InverseOfferAnswer>;
  /** Until when a framework is not asked about an agent again, likewise. */
  readonly refusedUntil: Map<string, Micros>;
}

/** Nothing is to be maintained. */
export function noMaintenance(): Maintenance {
  return { windows: [], down: [], inverseOffers: new Map(), answers: new Map(), refusedUntil: new Map() };
}
