import { z } from 'zod';
import type { Micros } from '../../../model/index.js';
import type { Cancel } from '../../clock.js';
import type { MachineId, MaintenanceWindow, Unavailability } from '../../wire/operator-call.js';

const drainingSchema = z.object({
  kind: z.enum(['draining', 'drained']),
  /** Maximum grace period of its tasks; by default their kill policies apply. */
  maxGraceNanoseconds: z.number().optional(),
  /** Whether to mark the agent gone once drained. */
  markGone: z.boolean(),
});

/** A stored deactivation. */
export const deactivationSchema = z.union([z.object({ kind: z.literal('deactivated') }), drainingSchema]);

/** Deactivation of an agent by an operator (Mesos, docs/operator-http-api.md, DRAIN_AGENT, DEACTIVATE_AGENT). */
export type Deactivation = z.output<typeof deactivationSchema>;

/** An agent that is draining or drained. */
export type Draining = z.output<typeof drainingSchema>;

/** A request to a framework to release all resources of an agent (mesos.proto, InverseOffer). */
export interface InverseOfferRecord {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly unavailability: Unavailability;
  readonly cancelTimeout: Cancel;
}

/** The answer of a framework to an inverse offer; it is only shown to operators. */
export interface InverseOfferAnswer {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly status: 'ACCEPT' | 'DECLINE';
  /** Time of the answer, since the epoch. */
  readonly at: Micros;
}

/** The maintenance schedule and the answers of frameworks (Mesos, docs/maintenance.md). */
export interface Maintenance {
  windows: readonly MaintenanceWindow[];
  /** Machines that are down; their agents may not register. */
  down: readonly MachineId[];
  /** Unanswered inverse offers, by id. */
  readonly inverseOffers: Map<string, InverseOfferRecord>;
  /** The latest answers, by framework and agent. */
  readonly answers: Map<string, InverseOfferAnswer>;
  /** Filters: no new inverse offer before this time, by framework and agent. */
  readonly refusedUntil: Map<string, Micros>;
}

/** An empty schedule. */
export function noMaintenance(): Maintenance {
  return { windows: [], down: [], inverseOffers: new Map(), answers: new Map(), refusedUntil: new Map() };
}
