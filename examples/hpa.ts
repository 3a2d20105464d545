import {
  type Controller,
  type ControlSink,
  type ControlView,
  listScheduler,
  type PolicyFile,
  placementNamed,
  type ServiceId,
} from 'fairground/policies';

const SECOND = 1_000_000;

/**
 * First fit, with services scaled as by the HorizontalPodAutoscaler: ceil(ready instances x utilization / target) instances, and
 * the highest recommendation of the last minutes before a service gets smaller. It replaces the built-in scaling of services.
 *
 * Complexity: services x recommendations kept, at each period. Ties: none. Known limits: one metric, the utilization that the host
 * measures, which is 1 at most; no limit to the speed of growth. Instances that are not ready count as unused, as for pods.
 * Source: Kubernetes 1.30, "Horizontal Pod Autoscaling" (algorithm details), and pkg/controller/podautoscaler/replica_calculator.go.
 */
export default {
  parameters: [
    { kind: 'number', name: 'target', default: 0.5, min: 0.01, max: 1, about: 'Utilization to keep.' },
    {
      kind: 'number',
      name: 'tolerance',
      default: 0.1,
      min: 0,
      about: 'Relative difference from the target that changes nothing.',
    },
    { kind: 'duration', name: 'period', default: 15 * SECOND, about: 'Time between two looks at a service.' },
    {
      kind: 'duration',
      name: 'stabilization',
      default: 300 * SECOND,
      about: 'Time over which the highest recommendation counts.',
    },
  ],
  build(settings) {
    const terms = {
      target: settings.number('target'),
      tolerance: settings.number('tolerance'),
      period: Math.max(SECOND, settings.number('period')),
      stabilization: settings.number('stabilization'),
    };
    return {
      architecture: 'monolithic',
      scheduler: listScheduler({ name: 'hpa', placement: placementNamed('first-fit'), backfill: 'any' }),
      controllers: [podAutoscaler(terms)],
    };
  },
} satisfies PolicyFile;

interface Terms {
  readonly target: number;
  readonly tolerance: number;
  readonly period: number;
  readonly stabilization: number;
}

/** A recommendation of instances, and its time. */
type Recommendation = readonly [at: number, instances: number];

function podAutoscaler(terms: Terms): Controller {
  return {
    name: 'pod autoscaler',
    needs: ['scale'],
    control(view, act) {
      for (let service = 0; service < view.services.count; service++) scale(view, act, service, terms);
      act.wakeAt(view.now + terms.period);
    },
  };
}

function scale(view: ControlView, act: ControlSink, service: ServiceId, terms: Terms): void {
  const { now, services } = view;
  const key = `service ${service}`;
  const wanted = services.wanted(service);
  const raw = recommended(services.ready(service), services.utilization(service), wanted, terms);
  const least = services.least(service);
  const instances = Math.min(services.most(service), Math.max(least, raw));
  const past = JSON.parse(view.recall(key) ?? '[]') as Recommendation[];
  const recent = [...past.filter(([at]) => at > now - terms.stabilization), [now, instances] as const];
  act.remember(key, JSON.stringify(recent));
  // Growth takes place at once. The first call submits the instances that the owner wants.
  act.scale(service, Math.max(...recent.map(([, count]) => count)));
}

function recommended(ready: number, utilization: number, wanted: number, { target, tolerance }: Terms) {
  // Without a ready instance, nothing is measured.
  if (ready === 0) return wanted;
  const ratio = utilization / target;
  if (Math.abs(ratio - 1) <= tolerance) return wanted;
  // When a service grows, its instances that are not ready yet count as unused.
  const missing = ratio > 1 ? Math.max(0, wanted - ready) : 0;
  const among = (utilization * ready) / (ready + missing) / target;
  if (ratio > 1 && among <= 1 + tolerance) return wanted;
  return Math.ceil(among * (ready + missing) - 1e-9);
}
