import type { FrameworkId, Micros, TaskId } from '../../model/index.js';
import type { Random } from '../../policies/contract.js';
import type { ControlFeature, Controller, UsageFacts } from '../../policies/contract-control.js';
import { HostedController } from '../../policies/hosting/hosted-controller.js';
import { EventClass } from '../event-queue.js';
import { CheckedActions } from './checked-actions.js';
import { CloudProvider, type CloudTerms } from './cloud-provider.js';
import type { ControlPart, Wake } from './control-part.js';
import { LimitReviews } from './limit-reviews.js';
import { type ActionSetup, RunActions } from './run-actions.js';
import { ScaledServices } from './scaled-services.js';

/** The control loops of a run, and what they may change. */
export interface ControlPlan {
  readonly controllers: readonly Controller[];
  /** The observer of the run must forward its events to it. */
  readonly services?: ScaledServices | undefined;
  /** Terms of the rented rows of the ledger. Without them, no machine is rented. */
  readonly cloud?: CloudTerms | undefined;
  /** May the demand of the framework's tasks change? When left out, no demand may. */
  readonly mayResize?: ((framework: FrameworkId) => boolean) | undefined;
  /** A random stream for the control loop of this name. */
  readonly random: (controller: string) => Random;
}

/** What the simulator has for control loops. */
export const SIMULATOR_CONTROLS: ReadonlySet<ControlFeature> = new Set([
  'usage',
  'scale',
  'resize',
  'evict',
  'revocable',
  'rent',
  'power',
]);

/** The host of control loops in simulated time: measures what they see, calls them, and carries out their actions. */
export class ControlLoops {
  /** Services, the cloud, and then the control loops. */
  private readonly parts: ControlPart[];

  constructor(plan: ControlPlan, setup: ActionSetup) {
    const { controllers, mayResize = () => false, services = new ScaledServices([]) } = plan;
    const wakeOf = (part: number): Wake => {
      const count = controllers.length + 2;
      return (time, subject) =>
        setup.execution.schedule(time, EventClass.sample, FIRST_SUBJECT + part + subject * count);
    };
    const actions = new RunActions(setup);
    services.connect(actions, wakeOf(0));
    const cloud = new CloudProvider(plan.cloud, actions, wakeOf(1));
    this.parts = [services, cloud];
    const limits = new LimitReviews(actions, mayResize);
    const shared = {
      cluster: actions.cluster,
      facts: {
        usage: measuredUsage(actions),
        // A loop gets a sample of the instant of each call.
        usageVersion: () => actions.now,
        services: services.facts(),
        rentable: cloud.facts(),
        mayResize,
      },
      features: SIMULATOR_CONTROLS,
      act: new CheckedActions({ actions, services, cloud, limits, mayResize }),
    };
    for (const controller of controllers) {
      const wake = wakeOf(this.parts.length);
      const random = plan.random(controller.name);
      const callAt = (time: Micros) => wake(time, 0);
      const hosted = new HostedController(controller, { ...shared, random, callAt });
      const reviews = controller.needs?.includes('resize') === true ? limits : undefined;
      this.parts.push(new ControllerPart(hosted, reviews));
    }
  }

  begin(now: Micros): void {
    for (const part of this.parts) part.begin(now);
  }

  /** Handles the event with this subject. */
  due(subject: number, now: Micros): void {
    const count = this.parts.length;
    const part = (subject - FIRST_SUBJECT) % count;
    this.parts[part].due((subject - FIRST_SUBJECT - part) / count, now);
  }
}

/** Subject 0 of the class `sample` updates usage along its curves (see Execution). */
const FIRST_SUBJECT = 1;

/** A control loop and its calls. The metrics get the true effect of a loop that changes limits. */
class ControllerPart implements ControlPart {
  private readonly hosted: HostedController;
  private readonly limits: LimitReviews | undefined;

  constructor(hosted: HostedController, limits: LimitReviews | undefined) {
    this.hosted = hosted;
    this.limits = limits;
  }

  begin(now: Micros): void {
    this.hosted.begin(now);
  }

  due(_subject: number, now: Micros): void {
    if (!this.hosted.isDue(now)) return;
    this.limits?.before();
    this.hosted.control(now);
    this.limits?.after(now);
  }
}

/**
 * The simulated measurement has no delay: each call of a loop gets a sample of this instant. A machine that has stopped
 * unnoticed sends no samples; its last ones remain.
 */
function measuredUsage(actions: RunActions): UsageFacts {
  const sample = (task: TaskId, dimension: number) =>
    actions.isRunning(task) ? actions.used(task, dimension) : Number.NaN;
  const { classes, space, tasks } = actions.cluster;
  // The usage of a resource that the task does not request is 0, also when nothing is measured.
  const isMeasured = (task: TaskId) =>
    space.names.some(
      (_, d) => !Number.isNaN(sample(task, d)) && classes.demand[tasks.taskClass[task] * space.size + d] > 0,
    );
  return {
    window: 0,
    last: sample,
    mean: sample,
    peak: sample,
    sampled: (task) => (isMeasured(task) ? actions.now : Number.NaN),
  };
}
